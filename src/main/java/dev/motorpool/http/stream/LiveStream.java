package dev.motorpool.http.stream;

import dev.motorpool.http.render.StreamText;
import dev.motorpool.http.route.ApiRequest;
import dev.motorpool.http.route.MediaTypes;
import dev.motorpool.http.route.RequestShares;
import dev.motorpool.http.server.ClientConnection;
import dev.motorpool.http.server.ClientConnection.Presence;
import dev.motorpool.http.server.ClientWatch;
import dev.motorpool.http.server.ClientWatch.Client;
import dev.motorpool.job.JobError;
import dev.motorpool.job.request.CallRefusedException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;

/**
 * Answers with a live stream of detached jobs until its end, a disconnect of the client, or the stop of the service.
 * Each stream costs a virtual thread and a buffer; the {@link ClientWatch} checks the clients of all streams.
 */
public final class LiveStream {

    /** The content of a stream. Used only by the request's thread, except {@link #wake}. */
    public interface Source {

        /** The result of {@link #next}. */
        enum Step {
            /** Lines were written; more may be available at once. */
            WRITTEN,
            /** Nothing is available yet. */
            NOTHING,
            /** The last line was written. */
            ENDED
        }

        /** Writes what is available; waits for it at most this long, or until {@link #wake}. */
        Step next(StreamText text, Duration atMost) throws Exception;

        /** Ends the wait in {@link #next}. Any thread may do this. */
        void wake();

        /** Writes the last line of a stream that ends early. */
        void end(StreamText text, JobError why) throws IOException;
    }

    /** Most bytes that the kernel buffers for a client that does not read; the default is several MiB. */
    private static final int UNSENT = 64 << 10;

    private final ClientWatch watch;
    private final Duration idle;

    /** @param idle how long a client may read nothing of what is written to it */
    public LiveStream(ClientWatch watch, Duration idle) {
        this.watch = watch;
        this.idle = idle;
    }

    /** Answers with everything from the source. */
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
                Client client = watch.stream(connection, source::wake)) {
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

    /** Writes until the last line was written; false if the client disconnected first. */
    private boolean write(Source source, StreamText text, Client client) throws Exception {
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

    /** One step. If the source can no longer be read, the stream ends as at a stop of the service. */
    private static Source.Step step(Source source, StreamText text, Duration patience) throws Exception {
        try {
            return source.next(text, patience);
        } catch (CallRefusedException refused) {
            source.end(text, refused.error());
            return Source.Step.ENDED;
        }
    }
}
