package dev.motorpool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.json.RawJson;
import dev.motorpool.runtime.WorkerShape;
import dev.motorpool.runtime.WorkerUnderTest;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.LeavesNothingBehind;
import dev.motorpool.testing.PluginJar;
import dev.motorpool.wire.Message;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Java workers with plug-ins, each compiled as an author would. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("slow")
class PluginsTest {

    private static final WorkerShape ONE = new WorkerShape(1, false);

    @TempDir
    Path directory;

    private Message.Hello probe() throws Exception {
        try (WorkerUnderTest worker = SourceWorker.start(directory, ONE, Map.of("MOTORPOOL_ROLE", "probe"))) {
            Message report = worker.receive();
            while (report instanceof Message.Loading) {
                report = worker.receive();
            }
            worker.receive(Message.Leaving.class);
            assertThat(worker.awaitExit()).isZero();
            return (Message.Hello) report;
        }
    }

    private String value(WorkerUnderTest worker, String function, String args) throws Exception {
        worker.call(1, function, args);
        Message report = worker.receive();
        assertThat(report).isInstanceOf(Message.Result.class);
        return ((Message.Result) report).value().toString();
    }

    @Test
    void functionsAreAnnouncedAndCalledBesideTheBuiltInOnes() throws Exception {
        PluginJar.of(directory.resolve("shop.jar"), "Orders", """
            public class Orders {
              /** A line. */
              public record Item(String name, java.math.BigDecimal price, Optional<Integer> amount) {}
              @Function(name = "total", description = "Adds up.", workload = Workload.IO, timeout = 2.5, retries = 3)
              public static java.math.BigDecimal total(List<Item> items) {
                return items.stream().map(i -> i.price().multiply(new java.math.BigDecimal(i.amount().orElse(1))))
                    .reduce(java.math.BigDecimal.ZERO, java.math.BigDecimal::add);
              }
              @Function public static int twice(int someNumber) { return 2 * someNumber; }
              @Function public String whoAmI() { return getClass().getClassLoader().getName(); }
            }\
            """, "-parameters");
        Message.Hello hello;
        try (WorkerUnderTest worker = SourceWorker.start(directory, ONE, Map.of())) {
            hello = worker.receive(Message.Hello.class);
            assertThat(value(
                            worker,
                            "total",
                            "[[{\"name\":\"a\",\"price\":1.50,\"amount\":3},{\"name\":\"b\",\"price\":2}]]"))
                    .isEqualTo("6.50");
            assertThat(value(worker, "twice", "[21]")).isEqualTo("42");
            assertThat(value(worker, "whoAmI", "[]")).isEqualTo("\"shop\"");
            assertThat(value(worker, "fib", "[10]")).isEqualTo("55");
            worker.closeOrders();
            assertThat(worker.awaitExit()).isZero();
        }
        assertThat(hello.features()).containsExactlyInAnyOrder("accepted", "ping", "context");
        JsonNode total = SourceWorker.function(hello, "total");
        assertThat(total.get("source").asString()).isEqualTo("shop");
        assertThat(total.get("workload").asString()).isEqualTo("io");
        assertThat(total.get("defaults").toString()).isEqualTo("{\"timeout\":2.5,\"retries\":3}");
        assertThat(total.at("/parameters/properties/items/items/required").toString())
                .isEqualTo("[\"name\",\"price\"]");
        assertThat(SourceWorker.function(hello, "twice")
                        .at("/parameters/properties/some_number/type")
                        .asString())
                .isEqualTo("integer");
        assertThat(SourceWorker.function(hello, "fib").has("source")).isFalse();
        assertThat(SourceWorker.source(hello, "shop").toString())
                .isEqualTo("{\"name\":\"shop\",\"file\":\"shop.jar\",\"state\":\"ready\",\"reason\":null,"
                        + "\"traceback\":null,\"functions\":[\"total\",\"twice\",\"whoAmI\"]}");
    }

    @Test
    void badPluginsFailAloneWithAReason() throws Exception {
        PluginJar.of(
                directory.resolve("good.jar"),
                "Good",
                "public class Good { @Function public static int one() { return 1; } }");
        PluginJar.of(
                directory.resolve("late.jar"),
                "Late",
                "public class Late { @Function public static int one() { return 2; } }");
        PluginJar.of(
                directory.resolve("shadow.jar"),
                "Shadow",
                "public class Shadow { @Function public static int fib(int n) { return 2; } }");
        PluginJar.of(directory.resolve("thrower.jar"), "Thrower", """
            public class Thrower {
              static final int X = boom();
              static int boom() { throw new IllegalStateException("no config"); }
              @Function public static int two() { return X; }
            }\
            """);
        PluginJar.of(directory.resolve("twin.jar"), "Twin", """
            public class Twin {
              @Function public static int three() { return 3; }
              @Function(name = "three") public static int other() { return 3; }
            }\
            """);
        PluginJar.of(directory.resolve("hidden.jar"), "Hidden", """
            public class Hidden { private Hidden() {} @Function public int four() { return 4; } }\
            """);
        PluginJar.of(directory.resolve("empty.jar"), "Empty", "public class Empty { }");
        Files.writeString(directory.resolve("torn.jar"), "PK and no more");
        Path library = PluginJar.of(directory.resolve(".library"), "Library", "public class Library { }");
        PluginJar.of(
                directory.resolve("lonely.jar"),
                "Lonely",
                "public class Lonely { @Function public static String five(Library l) { return \"\"; } }",
                List.of(library));
        Path future = PluginJar.of(
                directory.resolve("future.jar"),
                "Future",
                "public class Future { @Function public static int six() { return 6; } }");
        makeNewer(future);

        Message.Hello hello = probe();

        assertThat(SourceWorker.source(hello, "good").get("state").asString()).isEqualTo("ready");
        assertThat(SourceWorker.source(hello, "empty").get("state").asString()).isEqualTo("ready");
        assertThat(SourceWorker.source(hello, "empty").get("reason").asString())
                .contains("no public method with @Function");
        assertFailed(hello, "late", "The function one of late.jar is already in good.jar.");
        assertFailed(hello, "shadow", "The function fib of shadow.jar is already in Motorpool itself.");
        assertFailed(
                hello,
                "thrower",
                "The static initializer of demo.Thrower threw java.lang.IllegalStateException: no config");
        assertThat(SourceWorker.source(hello, "thrower").get("traceback").asString())
                .startsWith("java.lang.IllegalStateException: no config\n")
                .contains("demo.Thrower.boom(Thrower.java:3)", "<clinit>")
                .hasLineCount(3);
        assertFailed(hello, "twin", "Two functions are named three: one in demo.Twin and one in demo.Twin.");
        assertFailed(hello, "hidden", "The class demo.Hidden has a function that is not static, so it must be public");
        assertFailed(hello, "torn", "The jar torn.jar cannot be read:");
        assertFailed(hello, "lonely", "The class demo.Library is missing.");
        assertFailed(hello, "future", "The class demo.Future was compiled for Java 99, but the workers run on Java ");
        assertThat(SourceWorker.function(hello, "one").get("source").asString()).isEqualTo("good");
    }

    private static void assertFailed(Message.Hello hello, String name, String reason) {
        JsonNode source = SourceWorker.source(hello, name);
        assertThat(source.get("state").asString()).as(name).isEqualTo("failed");
        assertThat(source.get("reason").asString()).contains(reason);
        assertThat(source.get("functions")).isEmpty();
    }

    /** Changes the version of the class file. */
    private static void makeNewer(Path jar) throws Exception {
        Path classFile = jar.resolveSibling(".Future.class");
        try (var archive = java.nio.file.FileSystems.newFileSystem(jar)) {
            Path inside = archive.getPath("demo/Future.class");
            byte[] bytes = Files.readAllBytes(inside);
            bytes[7] = (byte) (44 + 99);
            Files.write(inside, bytes);
        }
        Files.deleteIfExists(classFile);
    }

    @Test
    void ofTwoFunctionsOfANameTheFirstInTheGivenOrderStays() throws Exception {
        for (String name : List.of("a", "b", "c")) {
            PluginJar.of(
                    directory.resolve(name + ".jar"),
                    "One",
                    "public class One { @Function public static String one() { return \"" + name + "\"; } }");
        }
        try (WorkerUnderTest worker = SourceWorker.start(
                directory, ONE, Map.of("MOTORPOOL_ROLE", "worker", "MOTORPOOL_SOURCES", "[\"c\", \"a\"]"))) {
            Message.Hello hello = worker.receive(Message.Hello.class);
            assertThat(hello.sources().toString()).doesNotContain("\"b\"");
            assertFailed(hello, "a", "already in c.jar");
            assertThat(value(worker, "one", "[]")).isEqualTo("\"c\"");
        }
    }

    @Test
    void aProbeReportsEachSourceBeforeItIsLoaded() throws Exception {
        PluginJar.of(
                directory.resolve("a.jar"), "A", "public class A { @Function public static int a() { return 1; } }");
        PluginJar.of(directory.resolve("endless.jar"), "Endless", """
            public class Endless {
              static { while (System.nanoTime() != 1) { try { Thread.sleep(100_000); } catch (InterruptedException e) { } } }
              @Function public static int b() { return 1; }
            }\
            """);
        try (WorkerUnderTest worker = SourceWorker.start(directory, ONE, Map.of("MOTORPOOL_ROLE", "probe"))) {
            assertThat(worker.receive(Message.Loading.class).source()).isEqualTo("a");
            assertThat(worker.receive(Message.Loading.class).source()).isEqualTo("endless");
            // The service goes away while it loads.
            worker.closeOrders();
            assertThat(worker.process().waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(worker.receiveEnd()).isEqualTo("end");
        }
    }

    @Test
    void eachPluginHasItsOwnClassesAndSeesNoneOfTheWorkers() throws Exception {
        for (String version : List.of("One", "Two")) {
            Path folder = Files.createDirectories(directory.resolve(version.toLowerCase(java.util.Locale.ROOT)));
            Path jar = PluginJar.of(
                    Files.createDirectories(folder.resolve("lib")).resolve("library.jar"),
                    "Library",
                    "public class Library { public static String version() { return \"%s\"; } }".formatted(version));
            PluginJar.of(
                    folder.resolve("plugin.jar"),
                    version,
                    seeing(version, version.toLowerCase(java.util.Locale.ROOT)),
                    List.of(jar));
        }
        for (WorkerShape shape : List.of(ONE, new WorkerShape(4, false), new WorkerShape(4, true))) {
            try (WorkerUnderTest worker = SourceWorker.start(directory, shape, Map.of())) {
                worker.receive(Message.Hello.class);
                assertThat(value(worker, "one", "[]")).isEqualTo("\"One unseen true 1 2026-01-01\"");
                assertThat(value(worker, "two", "[]")).isEqualTo("\"Two unseen true 1 2026-01-01\"");
            }
        }
    }

    private static String seeing(String name, String function) {
        return """
            public class %1$s {
              @Function public static String %2$s() throws Exception {
                String slf4j;
                try { Class.forName("org.slf4j.Logger"); slf4j = "seen"; } catch (ClassNotFoundException e) { slf4j = "unseen"; }
                Object same = Thread.currentThread().getContextClassLoader() == %1$s.class.getClassLoader();
                Object resources = Collections.list(%1$s.class.getClassLoader().getResources("demo/Library.class")).size();
                return Library.version() + " " + slf4j + " " + same + " " + resources + " " + java.sql.Date.valueOf("2026-01-01");
              }
            }\
            """.formatted(name, function);
    }

    @Test
    void aCallSeesItsContextAndItsOutputIsTheJobs() throws Exception {
        PluginJar.of(directory.resolve("about.jar"), "About", """
            public class About {
              static final java.util.logging.Logger LOG = java.util.logging.Logger.getLogger("about");
              static { LOG.info("loaded"); }
              @Function public static Map<String, Object> about(CallContext c, @Param(defaultValue = "1") int n) {
                System.out.println("to out");
                LOG.warning("to the log");
                c.progress(1, 2, "half");
                Map<String, Object> m = new LinkedHashMap<>();
                m.put("job", c.job()); m.put("function", c.function()); m.put("pool", c.pool());
                m.put("attempt", c.attempt()); m.put("cancelled", c.cancelled());
                m.put("seconds", java.time.Duration.between(java.time.Instant.now(), c.deadline()).toSeconds() / 10);
                m.put("trace", c.traceparent() + " " + c.tracestate());
                return m;
              }
            }\
            """, "-parameters");
        String expected = "{\"job\":\"job-1\",\"function\":\"about\",\"pool\":\"pool-1\",\"attempt\":3,"
                + "\"cancelled\":false,\"seconds\":5,"
                + "\"trace\":\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01 a=b\"}";
        for (WorkerShape shape : List.of(ONE, new WorkerShape(4, true))) {
            try (WorkerUnderTest worker = SourceWorker.start(directory, shape, Map.of())) {
                worker.receive(Message.Hello.class);
                StringBuilder printed = new StringBuilder();
                SourceWorker.call(worker, 7, "about", "[]");
                Message report = SourceWorker.ended(worker, printed);
                if (report instanceof Message.Progress progress) {
                    assertThat(progress.message()).isEqualTo("half");
                    report = SourceWorker.ended(worker, printed);
                }
                assertThat(((Message.Result) report).value()).hasToString(expected);
                assertThat(printed.toString()).contains("to out\n").contains("WARNING: to the log\n");
                worker.closeOrders();
                assertThat(worker.words()).contains("INFO: loaded").doesNotContain("to the log");
            }
        }
    }

    @Test
    void oneInstanceServesAllCallsAndIsClosedAtTheEnd() throws Exception {
        PluginJar.of(directory.resolve("counter.jar"), "Counter", """
            public class Counter implements AutoCloseable {
              private final java.util.concurrent.atomic.AtomicInteger count = new java.util.concurrent.atomic.AtomicInteger();
              @Function public int next() { return count.incrementAndGet(); }
              @Function public int fail(String why) { throw new IllegalArgumentException(why); }
              @Override public void close() throws Exception {
                java.nio.file.Files.writeString(java.nio.file.Path.of("%s"), "closed after " + count);
              }
            }\
            """.formatted(directory.resolve("closed.txt")));
        for (WorkerShape shape : List.of(ONE, new WorkerShape(4, false), new WorkerShape(4, true))) {
            try (WorkerUnderTest worker = SourceWorker.start(directory, shape, Map.of())) {
                Message.Hello hello = worker.receive(Message.Hello.class);
                assertThat(SourceWorker.source(hello, "counter").get("reason").asString())
                        .contains("The names of parameters are missing, such as those of demo.Counter.fail.");
                assertThat(value(worker, "next", "[]") + value(worker, "next", "[]"))
                        .isEqualTo("12");
                worker.call(2, "fail", "[\"oh\"]");
                Message.Error error = worker.receive(Message.Error.class);
                assertThat(error.traceback())
                        .startsWith("java.lang.IllegalArgumentException: oh\n")
                        .contains("demo.Counter.fail(Counter.java:4)")
                        .hasLineCount(2);
                worker.send(new Message.Stop());
                worker.receive(Message.Leaving.class);
                assertThat(worker.awaitExit()).isZero();
            }
            Path closed = directory.resolve("closed.txt");
            Eventually.within(Duration.ofSeconds(10), () -> assertThat(closed).hasContent("closed after 2"));
            Files.delete(closed);
        }
    }

    @Test
    void aWorkerWithPluginsFollowsTheProtocolFromItsFirstOrder() throws Exception {
        PluginJar.of(
                directory.resolve("good.jar"),
                "Good",
                "public class Good { @Function public static int one() { return 1; } }");
        try (WorkerUnderTest worker = SourceWorker.start(directory, ONE, Map.of())) {
            worker.receive(Message.Hello.class);
            worker.send(new Message.Ping());
            worker.receive(Message.Pong.class);
            worker.call(1, "echo", "[1.50]");
            assertThat(worker.receive(Message.Result.class).value()).isEqualTo(RawJson.of("1.50"));
            assertThat(worker.accepted()).isEqualTo(2);
        }
    }
}
