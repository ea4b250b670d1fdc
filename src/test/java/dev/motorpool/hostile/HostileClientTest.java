package dev.motorpool.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clients that use every limit and exceed it, against the service with a heap of 512 MiB. During an attack the service
 * stays up, answers health checks within a second and serves other callers within two; afterwards it holds no more
 * resources than before. All attacks run against the same service, so effects of one can disturb the next.
 * {@code -Dhostile.rounds=100} makes it longer.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(1800)
@Tag("slow")
class HostileClientTest {

    /** Limit for an answer to the attacker, and for the return to the initial state. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private static Path folder;

    private @Nullable Attacked running;
    private @Nullable Footprint before;
    private int starts;

    /** Once for all attacks, and again if an attack has ended it, so that each attack is tested. */
    @BeforeEach
    void start() throws Exception {
        if (running != null && running.isAlive()) {
            return;
        }
        if (running != null) {
            running.close();
        }
        running = Attacked.start(Files.createDirectory(folder.resolve("data" + starts++)));
        Attacked service = running;
        OtherCaller other = new OtherCaller(service);
        try (Crowd crowd = new Crowd(service.port(), Machine.times(PATIENCE, Machine.slowness()))) {
            // Fills what every service comes to hold: connections, threads, pages of the store.
            crowd.send(400, Set.of(200), i -> Request.of("POST", "/v1/apply")
                    .key(Attacked.ATTACKER)
                    .json(Body.of("{\"function\":\"sleep\",\"args\":[0.2],\"pool\":\"coroutines\"}")));
        } finally {
            other.close();
        }
        service.clear();
        before = Footprint.of(service);
    }

    @AfterAll
    void stop() {
        if (running != null) {
            running.close();
        }
    }

    static Stream<Attack> attacks() {
        return IntStream.range(0, Integer.getInteger("hostile.rounds", 1))
                .boxed()
                .flatMap(round -> Attacks.all().stream());
    }

    @ParameterizedTest
    @MethodSource
    void attacks(Attack attack) throws Exception {
        withstand(attack);
    }

    /** Runs an attack, and checks the service during and after it. */
    private void withstand(Attack attack) throws Exception {
        Attacked service = Objects.requireNonNull(running);
        long begin = System.nanoTime();
        double slowness = Machine.slowness();
        OtherCaller other = new OtherCaller(service);
        try {
            try (Crowd crowd = new Crowd(service.port(), Machine.times(PATIENCE, slowness))) {
                attack.action().run(service, crowd);
            } finally {
                other.close();
            }
            slowness = Math.max(slowness, Machine.slowness());
            service.assertStands();
            other.check(slowness);
            service.clear();
            Objects.requireNonNull(before).awaitAgain(service, Machine.times(PATIENCE, slowness));
        } catch (AssertionError | IOException failed) {
            throw new AssertionError(failed.getMessage() + "\nThe service said: " + service.tail(), failed);
        }
        System.out.printf(
                "%s: %.1f s, the machine %.1f times slower than the reference, %s; %s; afterwards %s%n",
                attack, (System.nanoTime() - begin) / 1e9, slowness, other, before, Footprint.of(service));
    }

    /** Every verb of the document is attacked. */
    @Test
    void everyVerbIsAttacked() throws IOException {
        Attacked service = Objects.requireNonNull(running);
        Set<String> verbs = new TreeSet<>();
        Route.of(service).stream()
                .filter(route -> route.method().equals("POST") && route.path().matches("/v1/[a-z_]+"))
                .forEach(route -> verbs.add(route.path().substring("/v1/".length())));

        assertThat(verbs)
                .isEqualTo(Stream.of(Attacks.WAITING, Attacks.DETACHED, Set.of("wait", "as_completed"))
                        .flatMap(Set::stream)
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    /** Every route of the document, with every kind of invalid body, query and path. */
    @Test
    void noRouteHasADefectForWhomItRefuses() throws Exception {
        withstand(new Attack("all routes, misused", (service, crowd) -> {
            List<Request> requests = Route.of(service).stream()
                    .flatMap(route -> route.misuses().stream())
                    .toList();
            List<Reply> replies =
                    crowd.all(requests.size(), i -> () -> requests.get(i).send(crowd.port()));
            for (int i = 0; i < replies.size(); i++) {
                assertThat(replies.get(i).status())
                        .as("%s: %s", requests.get(i), replies.get(i).text())
                        .isNotIn(500, 501, 502);
            }
        }));
    }
}
