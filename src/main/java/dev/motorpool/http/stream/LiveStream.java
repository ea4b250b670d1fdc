package dev.motorpool.http.stream;

import dev.motorpool.http.render.StreamText;
import dev.motorpool.http.route.ApiRequest;
import dev.motorpool.http.route.MediaTypes;
import dev.motorpool.http.route.RequestShares;
import dev.motorpool.http.server.ClientConnection;
import dev.motorpool.http.server.ClientConnection.Presence;
import dev.motorpool.http.server.ClientWatch;
import dev.motorpool.http.server.ClientWatch.StreamClient;
import dev.motorpool.job.CallRefusedException;
import dev.motorpool.job.JobError;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;

/**
 * Answers with what happens to detached jobs, as it happens: until all has been told, the client has gone, or the service
 * stops. Whoever waits here costs a virtual thread and a buffer; the {@link ClientWatch} looks at the clients of all.
 */
public final class LiveStream {

    /** What happens. Used by the request's thread alone, but for {@link #wake}. */
    public interface Source {

        /** What became of a look for more. */
        enum Step {
            /** Lines have been written; there may be more at once. */
            WRITTEN,
            /** Nothing has come yet. */
            NOTHING,
            /** The last line has been written. */
            ENDED
        }

        /** Writes what comes next; waits for it at most so long, or until it is woken. */
        Step next(StreamText text, Duration atMost) throws Exception;

        /** Ends the wait in {@link #next}. Any thread may do this. */
        void wake();

        /** Writes the last line of a stream that ends early. */
        void end(StreamText text, JobError why) throws IOException;
    }

    /** What the kernel keeps for a client that does not read; it would take several MiB. */
    private static final int UNSENT = 64 << 10;

    private final ClientWatch watch;
    private final Duration idle;

    /** @param idle how long a client may take nothing of what is written to it */
    public LiveStream(ClientWatch watch, Duration idle) {
        this.watch = watch;
        this.idle = idle;
    }

    /** Answers with all that comes from the source. */
    public void run(ApiRequest apiRequest, Source source) throws Exception {
        if (apiRequest.head()) {
            apiRequest.answerHead();
            return;
        }
        ClientConnection connection = apiRequest.connection();
        long usual = connection.limitWrites(idle.toMillis());
        connection.limitUnsent(UNSENT);
        boolean whole = false;
        try (RequestShares.Share _ = apiRequest.streaming();
                StreamClient client = watch.stream(connection, source::wake)) {
            OutputStream out = apiRequest.beginStream();
            boolean events = apiRequest.answerType().equals(MediaTypes.EVENTS);
            whole = write(source, new StreamText(out, events), client);
            if (whole) {
                out.close();
            }
        } catch (IOException gone) {
            whole = false;
        } finally {
            connection.limitWrites(usual);
        }
        if (!whole) {
            connection.closeNow();
        }
    }

    /** Writes until the last line has been written; false if the client went away before. */
    private boolean write(Source source, StreamText text, StreamClient client) throws Exception {
        Duration patience = Duration.ZERO;
        while (true) {
            Source.Step step = step(source, text, patience);
            if (step == Source.Step.ENDED) {
                text.flush();
                return true;
            }
            JobError stopping = watch.stopping();
            if (stopping != null) {
                source.end(text, stopping);
                text.flush();
                return true;
            }
            Presence seen = client.seen();
            if (seen == Presence.GONE) {
                return false;
            }
            patience = Duration.ZERO;
            if (step == Source.Step.NOTHING) {
                if (seen == Presence.SILENT) {
                    text.probe();
                }
                text.flush();
                patience = text.untilSignOfLife();
            }
        }
    }

    /** What can no longer be read ends the stream as the stop of the service does. */
    private static Source.Step step(Source source, StreamText text, Duration patience) throws Exception {
        try {
            return source.next(text, patience);
        } catch (CallRefusedException refused) {
            source.end(text, refused.error());
            return Source.Step.ENDED;
        }
    }
}
