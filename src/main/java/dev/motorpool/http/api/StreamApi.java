package dev.motorpool.http.api;

import dev.motorpool.http.render.StreamText;
import dev.motorpool.http.route.AnswerForm;
import dev.motorpool.http.route.ApiRequest;
import dev.motorpool.http.route.ByteBudget;
import dev.motorpool.http.route.HttpSettings;
import dev.motorpool.http.route.ItemSource;
import dev.motorpool.http.route.MediaTypes;
import dev.motorpool.http.route.Query;
import dev.motorpool.http.route.RequestShares;
import dev.motorpool.http.route.Route;
import dev.motorpool.http.server.ClientConnection;
import dev.motorpool.http.server.ClientConnection.Presence;
import dev.motorpool.http.stream.BodyItems;
import dev.motorpool.http.stream.LineReader;
import dev.motorpool.http.stream.StreamFeeder;
import dev.motorpool.http.stream.StreamQuery;
import dev.motorpool.http.stream.StreamWriter;
import dev.motorpool.job.JobError;
import dev.motorpool.job.ProblemType;
import dev.motorpool.job.request.CallRefusedException;
import dev.motorpool.job.request.ItemsCall;
import dev.motorpool.job.request.ItemsReader;
import dev.motorpool.job.stream.ItemStream;
import dev.motorpool.job.stream.Streams;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The verbs {@code imap} and {@code imap_unordered}. The request's thread writes. A feeder thread reads concurrently,
 * and has ended when the request ends.
 */
public final class StreamApi {

    /** How often the client's connection and the stop of the service are checked. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** How long a feeder may take to notice the end of its stream before its read is aborted. */
    private static final Duration SOON = Duration.ofMillis(50);

    private final ItemsReader reader;
    private final Streams streams;
    private final int lineLimit;
    private final Duration idle;
    private final ByteBudget bodies;

    public StreamApi(ItemsReader reader, Streams streams, HttpSettings settings, ByteBudget bodies) {
        this.reader = reader;
        this.streams = streams;
        this.lineLimit = settings.bodyLimit();
        this.idle = settings.streamIdle();
        this.bodies = bodies;
    }

    public List<Route> routes() {
        return List.of(route("imap", "imap"), route("imap_unordered", "imapUnordered"));
    }

    private Route route(String verb, String id) {
        return Route.of("POST", "/v1/" + verb, id, apiRequest -> counted(apiRequest, verb))
                .takes("StreamCall")
                .query(StreamQuery.PARAMETERS)
                .takesLines()
                .in(AnswerForm.STREAM)
                .problems(
                        ProblemType.WRONG_RUNTIME,
                        ProblemType.UNKNOWN_FUNCTION,
                        ProblemType.UNKNOWN_POOL,
                        ProblemType.POOL_CLOSED,
                        ProblemType.POOL_BROKEN);
    }

    private void counted(ApiRequest apiRequest, String verb) throws Exception {
        try (RequestShares.Share _ = apiRequest.streaming()) {
            stream(apiRequest, verb);
        }
    }

    private void stream(ApiRequest apiRequest, String verb) throws Exception {
        ClientConnection connection = apiRequest.connection();
        if (apiRequest.hasLines()) {
            ItemsCall call = reader.streamOfLines(StreamQuery.members(apiRequest.query()), verb);
            ItemStream stream = open(apiRequest, call, false);
            try (LineReader lines = new LineReader(
                    connection, apiRequest.linesLength(), lineLimit, idle, apiRequest.heldForLines(bodies))) {
                run(apiRequest, stream, lines);
            }
            return;
        }
        for (String name : apiRequest.query().names()) {
            throw Query.refuse(
                    name,
                    "The query parameter '" + name + "' is for a body of lines; a JSON body has it as a" + " member.");
        }
        ItemsCall call = reader.stream(apiRequest.body(), verb);
        run(apiRequest, open(apiRequest, call, true), new BodyItems(call.items()));
    }

    private ItemStream open(ApiRequest apiRequest, ItemsCall call, boolean fromBody) throws CallRefusedException {
        return streams.open(apiRequest.caller().tenant(), apiRequest.callerName(), call, fromBody, apiRequest.trace());
    }

    private void run(ApiRequest apiRequest, ItemStream stream, ItemSource source) throws Exception {
        ClientConnection connection = apiRequest.connection();
        StreamFeeder feeder = new StreamFeeder(stream, source, connection);
        Thread feeding = Thread.ofVirtual().name("motorpool-stream-feeder").unstarted(feeder);
        long usual = connection.limitWrites(idle.toMillis());
        boolean whole = false;
        try {
            connection.goOn();
            OutputStream out = apiRequest.beginStream();
            feeding.start();
            whole = write(stream, feeder, apiRequest, out);
            if (whole) {
                out.close();
            }
        } catch (IOException gone) {
            whole = false;
        } finally {
            stream.close();
            end(feeding, connection);
            connection.limitWrites(usual);
        }
        if (!whole) {
            connection.closeNow();
        } else if (!connection.bodyRead(true)) {
            connection.dropRest();
            connection.closeAfterAnswer();
        }
    }

    /** Writes until the end line has been written; false if the client disconnected first. */
    private boolean write(ItemStream stream, StreamFeeder feeder, ApiRequest apiRequest, OutputStream out)
            throws IOException, InterruptedException {
        ClientConnection connection = apiRequest.connection();
        StreamWriter writer = new StreamWriter(
                stream, new StreamText(out, apiRequest.answerType().equals(MediaTypes.EVENTS)));
        boolean stopping = false;
        while (true) {
            stream.drain(writer);
            ItemStream.End end = stream.end();
            if (end != null) {
                writer.end(end);
                return true;
            }
            Presence client = feeder.presence();
            if (client == Presence.GONE) {
                return false;
            }
            // A stop of the service also closes the receiving side, which looks as if the client had closed its sending
            // side.
            writer.flush(client == Presence.SILENT && !stopping);
            stream.await(LOOK_NANOS);
            JobError refusal = streams.refusal();
            if (refusal != null && !stopping && apiRequest.hasLines() && !feeder.isDone()) {
                stopping = true;
                stream.stopReading(refusal);
                connection.endReading();
            }
            if (stream.isClientGone() && !stopping) {
                return false;
            }
        }
    }

    private static void end(Thread feeding, ClientConnection connection) throws InterruptedException {
        if (feeding.getState() == Thread.State.NEW) {
            return;
        }
        if (!feeding.join(SOON)) {
            connection.endReading();
            feeding.join();
        }
    }
}
