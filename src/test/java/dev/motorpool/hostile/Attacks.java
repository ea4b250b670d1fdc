package dev.motorpool.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The largest, most and slowest requests that are permitted, and slightly more. */
final class Attacks {

    static final Set<String> WAITING = Set.of("apply", "map", "starmap", "imap", "imap_unordered");
    static final Set<String> DETACHED = Set.of("apply_async", "map_async", "starmap_async");

    private static final int LIMIT = 16 << 20;
    private static final byte[] LARGE = Body.fill("x", LIMIT);
    private static final Duration HELD = Duration.ofSeconds(2);

    /** Refusing statuses; 0 for a closed connection. */
    private static final Set<Integer> REFUSALS = Set.of(0, 400, 404, 408, 413, 422, 429, 503);

    /** All statuses except defects; a call may also have failed. */
    private static final Set<Integer> ANSWERS = Set.of(0, 200, 202, 400, 408, 413, 422, 429, 502, 503, 504);

    private Attacks() {}

    static List<Attack> all() {
        return List.of(
                new Attack("the largest bodies", Attacks::largestBodies),
                new Attack("bodies above the limit", Attacks::tooLargeBodies),
                new Attack("the most items", Attacks::mostItems),
                new Attack("tags", Attacks::tags),
                new Attack("long keys and callbacks", Attacks::keysAndCallbacks),
                new Attack("lists that nobody reads", Attacks::lists),
                new Attack("listeners that do not read", Attacks::listeners),
                new Attack("answers that nobody reads", Attacks::answers),
                new Attack("requests that do not end", Attacks::slowSenders),
                new Attack("waits", Attacks::waits),
                new Attack("functions that flood, raise and exit", Attacks::functions),
                new Attack("a storm of connections", Attacks::connections));
    }

    private static Request post(String verb) {
        return Request.of("POST", "/v1/" + verb).key(Attacked.ATTACKER);
    }

    private static Request get(String target) {
        return Request.of("GET", target).key(Attacked.ATTACKER);
    }

    /** A call of echo with a body of this length. */
    private static Body echo(String verb, int length) {
        String before = "{\"function\":\"echo\",";
        String after;
        if (verb.startsWith("apply")) {
            before += "\"args\":[\"";
            after = "\"]";
        } else if (verb.startsWith("starmap")) {
            before += "\"items\":[[\"";
            after = "\"]]";
        } else {
            before += "\"items\":[\"";
            after = "\"]";
        }
        after += DETACHED.contains(verb) ? ",\"retain\":1}" : "}";
        int rest = length - before.length() - after.length();
        return Body.filled(before, rest == LIMIT ? LARGE : Body.fill("x", rest), after);
    }

    private static List<String> verbs() {
        return Stream.of(WAITING, DETACHED).flatMap(Set::stream).sorted().toList();
    }

    private static void largestBodies(Attacked service, Crowd crowd) throws Exception {
        List<String> verbs = verbs();
        List<Body> bodies = verbs.stream().map(verb -> echo(verb, LIMIT)).toList();
        crowd.hold(verbs.size(), i -> post(verbs.get(i)).json(bodies.get(i)));
        crowd.send(2 * verbs.size(), ANSWERS, i -> post(verbs.get(i % verbs.size()))
                .json(bodies.get(i % verbs.size())));
        Body ids = Body.filled("{\"ids\":[\"", Body.fill("x", LIMIT - 12), "\"]}");
        crowd.send(4, REFUSALS, i -> post(i % 2 == 0 ? "wait" : "as_completed").json(ids));
    }

    private static void tooLargeBodies(Attacked service, Crowd crowd) throws Exception {
        List<String> verbs = verbs();
        Body body = echo("apply", LIMIT + 1);
        crowd.send(4 * verbs.size(), Set.of(0, 413, 429, 503), i -> post(verbs.get(i % verbs.size()))
                .json(body));
        assertThat(post("apply").json(body).send(crowd.port()).status()).isIn(0, 413);
        // Lines of streams have the same limit, and no end.
        crowd.send(8, Set.of(0, 200, 400, 413, 429, 503), i -> Request.of("POST", "/v1/imap?function=echo")
                .key(Attacked.ATTACKER)
                .header("Content-Type: application/x-ndjson")
                .body(Body.filled("\"", Body.fill("x", LIMIT), "\"\n")));
    }

    private static void mostItems(Attacked service, Crowd crowd) throws Exception {
        byte[] flat = Body.fill("1,", 2 * 8_000_000);
        byte[] nested = Body.fill("[1],", 4 * 4_000_000);
        crowd.send(8, ANSWERS, i -> post(i % 2 == 0 ? "map" : "map_async")
                .json(Body.filled("{\"function\":\"echo\",\"items\":[", flat, "1]}")));
        crowd.send(4, ANSWERS, i -> post(i % 2 == 0 ? "starmap" : "starmap_async")
                .json(Body.filled("{\"function\":\"echo\",\"items\":[", nested, "[1]]}")));
        byte[] million = Body.fill("1,", 2 * 999_999);
        crowd.send(2, ANSWERS, i -> post(i % 2 == 0 ? "map" : "map_async")
                .json(Body.filled("{\"function\":\"echo\",\"items\":[", million, "1]}")));
        // A stream has no limit of items: its client disconnects after a while.
        crowd.hold(4, i -> post(i % 2 == 0 ? "imap" : "imap_unordered")
                .json(Body.filled("{\"function\":\"echo\",\"items\":[", flat, "1]}")));
        Crowd.last(HELD);
    }

    /** Tags with this many members, whose names and values together have this many bytes. */
    private static String tags(int count, int bytes) {
        int each = bytes / count;
        return IntStream.range(0, count)
                .mapToObj(i -> String.format("\"%04d\":\"%s\"", i, "t".repeat(each - 4)))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static Request tagged(String verb, String tags) {
        String what = verb.startsWith("apply") ? "\"args\":[3600]" : "\"items\":[3600]";
        return post(verb).json(Body.of("{\"function\":\"sleep\"," + what + ",\"delay\":3600,\"tags\":" + tags + "}"));
    }

    private static void tags(Attacked service, Crowd crowd) throws Exception {
        String most = tags(64, 16 << 10);
        crowd.send(1500, Set.of(202, 429, 503), i -> tagged(i % 2 == 0 ? "apply_async" : "map_async", most));
        assertThat(tagged("apply_async", tags(65, 65 * 8)).send(crowd.port()).status())
                .isEqualTo(400);
        assertThat(tagged("apply_async", tags(64, 17 << 10)).send(crowd.port()).status())
                .isEqualTo(400);
        Request large = tagged("apply_async", "{\"a\":\"" + "t".repeat(15 << 20) + "\"}");
        crowd.send(8, REFUSALS, i -> large);
        String many = IntStream.range(0, 1_000_000)
                .mapToObj(i -> "\"" + Integer.toString(i, 36) + "\":\"\"")
                .collect(Collectors.joining(",", "{", "}"));
        Request numerous = tagged("apply_async", many);
        crowd.send(4, REFUSALS, i -> numerous);
    }

    private static void keysAndCallbacks(Attacked service, Crowd crowd) throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.9"))) {
            String url = "http://127.0.0.9:" + silent.getLocalPort() + "/";
            String longest = url + "c".repeat(8192 - url.length());
            String body = "{\"function\":\"echo\",\"args\":[\"" + "x".repeat(1 << 16)
                    + "\"],\"retain\":1,\"callback\":\"" + longest + "\"}";
            crowd.send(400, Set.of(200, 202, 400, 404, 422, 429, 503), i -> post("apply_async")
                    .header("Idempotency-Key: " + Integer.toString(i % 300) + "-" + "k".repeat(250))
                    .json(Body.of(body)));
            crowd.send(20, REFUSALS, i -> post("apply_async")
                    .header("Idempotency-Key: " + "k".repeat(256))
                    .json(Body.of(body)));
            crowd.send(20, REFUSALS, i -> post("apply_async").json(Body.of(body.replace(longest, longest + "c"))));
        }
    }

    private static void lists(Attacked service, Crowd crowd) throws Exception {
        String most = tags(64, 16 << 10);
        crowd.send(1100, Set.of(202, 429, 503), i -> tagged("apply_async", most));
        List<String> targets =
                List.of("/v1/jobs?limit=1000", "/v1/jobs?limit=1000&state=scheduled", "/v1/jobs?limit=1000&tag=0001:x");
        crowd.hold(100, i -> get(targets.get(i % targets.size())));
        crowd.send(12, Set.of(0, 200, 429, 503), i -> get(targets.get(i % targets.size())));
        // A thousand invalid cursors and filters.
        crowd.send(200, REFUSALS, i -> get("/v1/jobs?cursor=" + "A".repeat(4000) + i));
        crowd.send(
                50,
                Set.of(0, 200, 400, 429, 503),
                i -> get("/v1/jobs?"
                        + IntStream.range(0, 200)
                                .mapToObj(tag -> "tag=t" + tag + ":" + i)
                                .collect(Collectors.joining("&"))));
        Crowd.last(HELD);
    }

    private static String submit(Crowd crowd, String body) throws IOException {
        Reply reply = post("apply_async").json(Body.of(body)).send(crowd.port());
        assertThat(reply.status()).as(reply.text()).isEqualTo(202);
        return reply.text().replaceAll("(?s).*?\"id\":\"([^\"]+)\".*", "$1");
    }

    private static void listeners(Attacked service, Crowd crowd) throws Exception {
        String id = submit(crowd, "{\"function\":\"flood\",\"args\":[128],\"pool\":\"threads\",\"retain\":60}");
        crowd.hold(1000, i -> get("/v1/jobs/" + id + "/events"));
        crowd.hold(200, i -> get("/v1/jobs/" + id + "/output"));
        Crowd.last(HELD.multipliedBy(2));
        service.operate("POST", "/v1/jobs/" + id + "/cancel", "");
    }

    private static void answers(Attacked service, Crowd crowd) throws Exception {
        String large = "{\"function\":\"too_large\",\"args\":[" + (15 << 20) + "],\"pool\":\"threads\"";
        String id = submit(crowd, large + ",\"retain\":60}");
        crowd.hold(100, i -> post("apply").json(Body.of(large + "}")));
        crowd.hold(100, i -> get("/v1/jobs/" + id + (i % 2 == 0 ? "" : "/result")));
        crowd.hold(100, i -> post("as_completed").json(Body.of("{\"ids\":[\"" + id + "\"]}")));
        Crowd.last(HELD);
        crowd.send(4, ANSWERS, i -> get("/v1/jobs/" + id));
    }

    private static void slowSenders(Attacked service, Crowd crowd) throws Exception {
        List<Socket> open = new ArrayList<>();
        for (Request request : List.of(
                post("apply").header("Content-Type: application/json").header("Content-Length: " + LIMIT),
                post("imap?function=echo")
                        .header("Content-Type: application/x-ndjson")
                        .header("Content-Length: " + LIMIT),
                post("apply_async").header("Content-Type: application/json").header("Transfer-Encoding: chunked"))) {
            open.addAll(crowd.all(150, i -> () -> {
                Socket socket = crowd.keep(request.connect(crowd.port()));
                socket.getOutputStream().write(request.head());
                return socket;
            }));
        }
        // Heads without an end, and invalid lines of many MiB.
        open.addAll(crowd.all(300, i -> () -> {
            Socket socket = crowd.keep(get("/v1/pools").connect(crowd.port()));
            socket.getOutputStream().write("GET /v1/pools HTTP/1.1\r\nX: ".getBytes(StandardCharsets.US_ASCII));
            return socket;
        }));
        Body unended = Body.filled(Integer.toHexString(LIMIT) + "\r\n\"", Body.fill("x", LIMIT - 2), "");
        crowd.hold(12, i -> post("imap?function=echo")
                .header("Content-Type: application/x-ndjson")
                .header("Transfer-Encoding: chunked")
                .raw(unended));
        long end = System.nanoTime() + HELD.toNanos();
        for (int i = 0; System.nanoTime() - end < 0; i++) {
            try {
                open.get(i % open.size()).getOutputStream().write('1');
            } catch (IOException closed) {
                // closed by the service, which is permitted
            }
        }
    }

    private static void waits(Attacked service, Crowd crowd) throws Exception {
        String id = submit(crowd, "{\"function\":\"sleep\",\"args\":[3600],\"delay\":3600}");
        List<Reply> made = crowd.send(1000, Set.of(202, 429, 503), i -> post("apply_async")
                .json(Body.of("{\"function\":\"sleep\",\"args\":[3600],\"delay\":3600}")));
        String ids = made.stream()
                .filter(reply -> reply.status() == 202)
                .map(reply -> reply.text().replaceAll("(?s).*?\"id\":(\"[^\"]+\").*", "$1"))
                .collect(Collectors.joining(",", "[", "]"));
        crowd.hold(150, i -> post("wait").json(Body.of("{\"ids\":" + ids + ",\"timeout\":300}")));
        crowd.hold(150, i -> post("as_completed").json(Body.of("{\"ids\":" + ids + "}")));
        crowd.hold(300, i -> get("/v1/jobs/" + id + "?wait=300"));
        crowd.hold(300, i -> get("/v1/jobs/" + id + "/events"));
        crowd.hold(100, i -> post("apply")
                .json(Body.of("{\"function\":\"sleep\",\"args\":[3600],\"pool\":\"coroutines\"}")));
        Crowd.last(HELD);
        service.clear(); // a thousand jobs end, each with hundreds of waiting clients
    }

    private static void functions(Attacked service, Crowd crowd) throws Exception {
        Body message = Body.filled(
                "{\"function\":\"raise\",\"pool\":\"threads\",\"args\":[\"", Body.fill("m", 8 << 20), "\"]}");
        crowd.send(8, ANSWERS, i -> post(i % 2 == 0 ? "apply" : "apply_async").json(message));
        List<String> bad = List.of("exit", "crash", "not_json", "flood", "raise");
        crowd.send(20, ANSWERS, i -> post(i % 2 == 0 ? "apply" : "apply_async")
                .json(Body.of(
                        "{\"function\":\"" + bad.get(i % bad.size()) + "\",\"pool\":\"processes\",\"timeout\":20}")));
        Body print = Body.filled(
                "{\"function\":\"print\",\"pool\":\"threads\",\"retain\":1,\"args\":[\"",
                Body.fill("p", 4 << 20),
                "\"]}");
        crowd.send(10, ANSWERS, i -> post("apply_async").json(print));
        String items = IntStream.range(0, 2000).mapToObj(i -> "\"raise\"").collect(Collectors.joining(",", "[", "]"));
        crowd.send(4, ANSWERS, i -> post(i % 2 == 0 ? "map" : "map_async")
                .json(Body.of("{\"function\":\"behave\",\"pool\":\"threads\",\"on_error\":\"collect\",\"items\":"
                        + items + "}")));
    }

    private static void connections(Attacked service, Crowd crowd) throws Exception {
        for (int wave = 0; wave < 3; wave++) {
            crowd.all(1000, i -> () -> {
                try (Socket socket = get("/v1/pools").connect(crowd.port())) {
                    socket.setSoLinger(true, 0);
                    return socket.getLocalPort();
                } catch (IOException refused) {
                    return 0;
                }
            });
        }
        // More than one address may have.
        crowd.all(1800, i -> () -> {
            try {
                return crowd.keep(get("/v1/pools").connect(crowd.port()));
            } catch (IOException refused) {
                return "";
            }
        });
        Crowd.last(HELD);
    }
}
