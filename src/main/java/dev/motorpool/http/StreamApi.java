package dev.motorpool.http;

import dev.motorpool.http.ClientConnection.Presence;
import dev.motorpool.job.CallRefusedException;
import dev.motorpool.job.ItemStream;
import dev.motorpool.job.ItemsCall;
import dev.motorpool.job.ItemsReader;
import dev.motorpool.job.JobError;
import dev.motorpool.job.Streams;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The verbs {@code imap} and {@code imap_unordered}. The thread of the request writes; a feeder reads meanwhile, and has
 * ended when the request has.
 */
final class StreamApi {

    /** So often the client is looked at, and whether the service stops. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** As long a feeder may take to see that its stream has ended, before what it waits for is ended too. */
    private static final Duration SOON = Duration.ofMillis(50);

    private final ItemsReader reader;
    private final Streams streams;
    private final int lineLimit;
    private final Duration idle;
    private final ByteBudget bodies;

    StreamApi(ItemsReader reader, Streams streams, HttpSettings settings, ByteBudget bodies) {
        this.reader = reader;
        this.streams = streams;
        this.lineLimit = settings.bodyLimit();
        this.idle = settings.streamIdle();
        this.bodies = bodies;
    }

    List<Route> routes() {
        return List.of(route("imap", "imap", true), route("imap_unordered", "imapUnordered", false));
    }

    private Route route(String verb, String id, boolean ordered) {
        return Route.of("POST", "/v1/" + verb, id, exchange -> counted(exchange, ordered))
                .takes("StreamCall")
                .query(StreamQuery.PARAMETERS)
                .takesLines()
                .in(AnswerForm.STREAM)
                .problems(
                        ProblemType.UNKNOWN_FUNCTION,
                        ProblemType.UNKNOWN_POOL,
                        ProblemType.POOL_CLOSED,
                        ProblemType.POOL_BROKEN);
    }

    private void counted(Exchange exchange, boolean ordered) throws Exception {
        try (RequestShares.Share _ = exchange.streaming()) {
            stream(exchange, ordered);
        }
    }

    private void stream(Exchange exchange, boolean ordered) throws Exception {
        ClientConnection connection = exchange.connection();
        if (exchange.hasLines()) {
            ItemsCall call = reader.streamOfLines(StreamQuery.members(exchange.query()));
            ItemStream stream = open(exchange, call, ordered, false);
            try (LineReader lines = new LineReader(
                    connection, exchange.linesLength(), lineLimit, idle, exchange.heldForLines(bodies))) {
                run(exchange, stream, lines);
            }
            return;
        }
        for (String name : exchange.query().names()) {
            throw Query.refuse(
                    name,
                    "The query parameter '" + name + "' is for a body of lines; a JSON body has it as a" + " member.");
        }
        ItemsCall call = reader.stream(exchange.body());
        run(exchange, open(exchange, call, ordered, true), new BodyItems(call.items()));
    }

    private ItemStream open(Exchange exchange, ItemsCall call, boolean ordered, boolean fromBody)
            throws CallRefusedException {
        return streams.open(
                exchange.caller().tenant(), exchange.callerName(), call, ordered, fromBody, exchange.trace());
    }

    private void run(Exchange exchange, ItemStream stream, ItemSource source) throws Exception {
        ClientConnection connection = exchange.connection();
        StreamFeeder feeder = new StreamFeeder(stream, source, connection);
        Thread feeding = Thread.ofVirtual().name("motorpool-stream-feeder").unstarted(feeder);
        long usual = connection.limitWrites(idle.toMillis());
        boolean whole = false;
        try {
            connection.goOn();
            OutputStream out = exchange.beginStream();
            feeding.start();
            whole = write(stream, feeder, exchange, out);
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

    /** Writes until the end line has been written; false if the client went away before. */
    private boolean write(ItemStream stream, StreamFeeder feeder, Exchange exchange, OutputStream out)
            throws IOException, InterruptedException {
        ClientConnection connection = exchange.connection();
        StreamWriter writer = new StreamWriter(
                stream, new StreamText(out, exchange.answerType().equals(MediaTypes.EVENTS)));
        boolean stopping = false;
        while (true) {
            stream.drain(writer);
            ItemStream.End end = stream.end();
            if (end != null) {
                writer.end(end);
                return true;
            }
            Presence client = client(feeder, connection);
            if (client == Presence.GONE) {
                return false;
            }
            // A stop of the service closes the receiving side, too, which looks as if the client had closed its own.
            writer.flush(client == Presence.SILENT && !stopping);
            stream.await(LOOK_NANOS);
            JobError refusal = streams.refusal();
            if (refusal != null && !stopping && exchange.hasLines() && !feeder.isDone()) {
                stopping = true;
                stream.stopReading(refusal);
                connection.endReading();
            }
            if (stream.isClientGone() && !stopping) {
                return false;
            }
        }
    }

    /** While there is a feeder it alone looks at the connection. */
    private static Presence client(StreamFeeder feeder, ClientConnection connection) {
        if (feeder.isDone()) {
            return connection.presence();
        }
        return feeder.isSilent() ? Presence.SILENT : Presence.THERE;
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
