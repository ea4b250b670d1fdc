package dev.motorpool.http.stream;

import dev.motorpool.http.route.ItemSource;
import dev.motorpool.http.server.ClientConnection;
import dev.motorpool.http.server.ClientConnection.Presence;
import dev.motorpool.job.JobError;
import dev.motorpool.job.ProblemType;
import dev.motorpool.job.request.CallRefusedException;
import dev.motorpool.job.stream.ItemStream;
import dev.motorpool.json.JsonSlices;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves items from their source into a stream while the stream has room. Runs in its own thread, which ends with the
 * items or with the stream. Meanwhile no other thread reads from the connection.
 */
public final class StreamFeeder implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(StreamFeeder.class);

    /** How often the client's connection is checked while there is no room. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** How often the feeder retries to count the bytes of items. */
    private static final long BYTES_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final ItemStream stream;
    private final ItemSource source;
    private final ClientConnection connection;

    /** The client's state as of the latest check. */
    private volatile Presence seen = Presence.THERE;

    /** Whether the feeder no longer reads from the connection; set last. */
    private volatile boolean done;

    public StreamFeeder(ItemStream stream, ItemSource source, ClientConnection connection) {
        this.stream = stream;
        this.source = source;
        this.connection = connection;
    }

    public boolean isDone() {
        return done;
    }

    /** The client's state. While the feeder reads, only the feeder checks the connection. */
    public Presence presence() {
        return done ? connection.presence() : seen;
    }

    @Override
    public void run() {
        try {
            feed();
        } catch (CallRefusedException bad) {
            stream.end(bad.error());
        } catch (IOException | InterruptedException gone) {
            stream.clientGone();
            stream.end(null);
        } catch (RuntimeException | Error defect) {
            LOG.error("A stream failed with a defect of the service", defect);
            stream.end(JobError.of(ProblemType.INTERNAL, "The service failed; its log says more."));
        } finally {
            done = true;
        }
    }

    private void feed() throws IOException, InterruptedException, CallRefusedException {
        while (true) {
            int room = stream.awaitRoom(LOOK_NANOS);
            if (room > 0) {
                JsonSlices items = source.next(room);
                if (items == null) {
                    break;
                }
                offer(items);
            } else if (room < 0) {
                break;
            } else {
                look();
            }
        }
        stream.end(null);
    }

    /** Waits until the budget of all streams has room for the items, or they are no longer needed. */
    private void offer(JsonSlices items) throws IOException, InterruptedException {
        while (!stream.offer(items) && stream.awaitBytes(BYTES_NANOS)) {
            check();
        }
    }

    private void look() throws IOException, CallRefusedException {
        if (check() == Presence.SILENT) {
            // The client sends no more: all its data has arrived, and shows whether it disconnected early.
            source.readToEnd();
            seen = Presence.SILENT;
        }
    }

    private Presence check() throws IOException {
        Presence now = connection.presence();
        if (now == Presence.GONE) {
            throw new IOException("the client has gone");
        }
        return now;
    }
}
