package dev.motorpool.http.stream;

import dev.motorpool.http.route.ItemSource;
import dev.motorpool.http.route.ItemSource.BadInputException;
import dev.motorpool.http.server.ClientConnection;
import dev.motorpool.job.ErrorType;
import dev.motorpool.job.JobError;
import dev.motorpool.job.stream.ItemStream;
import dev.motorpool.json.JsonSlices;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes items from their source into a stream as there is room for them. Runs in a thread of its own, which ends with
 * the items or with the stream, and is the only one to read from the connection meanwhile.
 */
public final class StreamFeeder implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(StreamFeeder.class);

    /** So often the client is looked at while there is no room. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** So often items ask again for their bytes. */
    private static final long BYTES_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final ItemStream stream;
    private final ItemSource source;
    private final ClientConnection connection;

    /** Whether the client has closed its sending side; whether it still reads shows only when something is written. */
    private volatile boolean silent;

    /** Whether the connection is nobody's to read from any more; set last. */
    private volatile boolean done;

    public StreamFeeder(ItemStream stream, ItemSource source, ClientConnection connection) {
        this.stream = stream;
        this.source = source;
        this.connection = connection;
    }

    public boolean isDone() {
        return done;
    }

    public boolean isSilent() {
        return silent;
    }

    @Override
    public void run() {
        try {
            feed();
        } catch (BadInputException bad) {
            stream.end(bad.error());
        } catch (IOException | InterruptedException gone) {
            stream.clientGone();
            stream.end(null);
        } catch (RuntimeException | Error defect) {
            LOG.error("A stream failed with a defect of the service", defect);
            stream.end(JobError.of(ErrorType.INTERNAL, "The service failed; its log says more."));
        } finally {
            done = true;
        }
    }

    private void feed() throws IOException, InterruptedException, BadInputException {
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

    /** Waits until all streams leave room for the items, or they are not wanted any more. */
    private void offer(JsonSlices items) throws IOException, InterruptedException {
        while (!stream.offer(items) && stream.awaitBytes(BYTES_NANOS)) {
            if (connection.broken()) {
                throw new IOException("the client has gone");
            }
        }
    }

    private void look() throws IOException, BadInputException {
        if (connection.broken()) {
            throw new IOException("the client has gone");
        }
        if (connection.gone()) {
            // It sends no more: all that it has sent has come, and shows whether it has left in the middle.
            source.readToEnd();
            silent = true;
        }
    }
}
