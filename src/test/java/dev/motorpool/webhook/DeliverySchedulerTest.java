package dev.motorpool.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.detached.SettableClock;
import dev.motorpool.detached.model.Delivery;
import dev.motorpool.detached.model.DeliveryKey;
import dev.motorpool.detached.model.DeliveryState;
import dev.motorpool.detached.model.OutgoingDelivery;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.HookReceiver;
import dev.motorpool.testing.HookReceiver.Manners;
import dev.motorpool.testing.HookReceiver.Message;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Deliveries to receivers that behave well and badly, over a real store and real connections. */
@Tag("slow")
class DeliverySchedulerTest {

    private static final Duration TENTH_OF_A_DAY = Duration.ofHours(2).plusMinutes(24);

    @TempDir
    Path directory;

    private final SettableClock clock = DeliveryFixture.clock();

    @Test
    void whatIsDeliveredIsSignedAndRecorded() throws Exception {
        try (HookReceiver receiver = new HookReceiver();
                DeliveryFixture fixture = new DeliveryFixture(directory, clock)) {
            DeliveryKey key = fixture.send(receiver.url("/hook?a=b"));

            Delivery delivery = fixture.delivered(key);
            Message message = receiver.messages().getFirst();
            assertThat(message.path()).isEqualTo("/hook?a=b");
            assertThat(message.header("content-type")).startsWith("application/json");
            assertThat(message.header("webhook-id")).isEqualTo(key.id());
            long timestamp = Long.parseLong(message.header("webhook-timestamp"));
            assertThat(timestamp).isEqualTo(clock.instant().getEpochSecond());
            assertThat(message.header("webhook-signature"))
                    .isEqualTo(SignerTest.signature(new byte[32], key.id(), timestamp, message.text()));
            assertThat(delivery.log().toString()).contains("\"status\":204,\"error\":null");
            assertThat(delivery.dueAt()).isNull();
        }
    }

    @Test
    void connectionsStayOpen() throws Exception {
        try (HookReceiver receiver = new HookReceiver();
                DeliveryFixture fixture = new DeliveryFixture(directory, clock)) {
            for (int i = 0; i < 20; i++) {
                fixture.delivered(fixture.send(receiver.url("/")));
            }
            assertThat(receiver.connections()).isLessThan(4);
        }
    }

    static Stream<Arguments> badManners() {
        return Stream.of(
                Arguments.of("500", HookReceiver.status(500), "\"status\":500,\"error\":null"),
                Arguments.of(
                        "301",
                        HookReceiver.status(301, "Location: http://127.0.0.1:1/"),
                        "\"status\":301,\"error\":\"redirects are not followed\""),
                Arguments.of(
                        "nothing",
                        (Manners) (message, connection) -> new CountDownLatch(1).await(),
                        "\"status\":null,\"error\":\"no answer within"),
                Arguments.of(
                        "half an answer",
                        (Manners) (message, connection) -> {
                            connection.getOutputStream().write("HTTP/1.1 20".getBytes(StandardCharsets.US_ASCII));
                            connection.close();
                        },
                        "\"status\":null,\"error\":\""),
                Arguments.of(
                        "endless headers",
                        (Manners) (message, connection) -> {
                            connection
                                    .getOutputStream()
                                    .write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
                            for (int i = 0; ; i++) {
                                connection
                                        .getOutputStream()
                                        .write(("a" + i + ": b\r\n").getBytes(StandardCharsets.US_ASCII));
                            }
                        },
                        "\"status\":null,\"error\":\""),
                Arguments.of(
                        "a dripping head",
                        (Manners) (message, connection) -> {
                            while (true) {
                                connection.getOutputStream().write('H');
                                Thread.sleep(100); // the pace of the dripping, on purpose
                            }
                        },
                        "\"status\":null,\"error\":\"no answer within"),
                Arguments.of(
                        "no HTTP", HookReceiver.raw("hello\r\n\r\n".repeat(2_000)), "\"status\":null,\"error\":\""),
                Arguments.of(
                        "a reset",
                        (Manners) (message, connection) -> HookReceiver.reset(connection),
                        "\"status\":null,\"error\":\""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badManners")
    void whatIsNoAcceptanceIsTriedAgain(String name, Manners manners, String told) throws Exception {
        try (HookReceiver receiver = new HookReceiver(manners);
                DeliveryFixture fixture = new DeliveryFixture(directory, clock)) {
            DeliveryKey key = fixture.send(receiver.url("/"));
            Delivery delivery = fixture.tried(key, 1);
            assertThat(delivery.state()).isEqualTo(DeliveryState.PENDING);
            assertThat(delivery.log().toString()).contains(told);
            assertThat(delivery.dueAt())
                    .isBetween(
                            clock.instant().plusMillis(5_000), clock.instant().plusMillis(7_000));
            assertThat(receiver.messages()).hasSize(1);

            receiver.manners(HookReceiver.status(200));
            fixture.pass(Duration.ofSeconds(8));
            fixture.delivered(key);
            assertThat(receiver.messages()).allSatisfy(message -> assertThat(message.header("webhook-id"))
                    .isEqualTo(key.id()));
        }
    }

    @Test
    void anAcceptanceIsOneHoweverTheRestOfTheAnswerIs() throws Exception {
        Manners cut = (message, connection) -> {
            connection
                    .getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf".getBytes(StandardCharsets.US_ASCII));
            connection.close();
        };
        Manners endless = (message, connection) -> {
            connection.getOutputStream().write("HTTP/1.1 202 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            while (true) {
                connection.getOutputStream().write(new byte[1024]);
            }
        };
        Manners dripping = (message, connection) -> {
            connection
                    .getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            while (true) {
                connection.getOutputStream().write('x');
                Thread.sleep(100); // the pace of the dripping, on purpose
            }
        };
        for (Manners manners : List.of(cut, endless, dripping)) {
            try (HookReceiver receiver = new HookReceiver(manners);
                    DeliveryFixture fixture = new DeliveryFixture(directory, clock)) {
                assertThat(fixture.delivered(fixture.send(receiver.url("/"))).tries())
                        .isEqualTo(1);
            }
        }
    }

    @Test
    void goneIsForGood() throws Exception {
        try (HookReceiver receiver = new HookReceiver(HookReceiver.status(410));
                DeliveryFixture fixture = new DeliveryFixture(directory, clock)) {
            Delivery delivery = fixture.tried(fixture.send(receiver.url("/")), 1);
            assertThat(delivery.state()).isEqualTo(DeliveryState.FAILED);
            assertThat(delivery.dueAt()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void retryAfterIsHonoured(boolean date) throws Exception {
        Instant asked = clock.instant().plusSeconds(40);
        String value = date ? DateTimeFormatter.RFC_1123_DATE_TIME.format(asked.atOffset(ZoneOffset.UTC)) : "40";
        try (HookReceiver receiver = new HookReceiver(HookReceiver.status(429, "Retry-After: " + value));
                DeliveryFixture fixture = new DeliveryFixture(directory, clock)) {
            DeliveryKey key = fixture.send(receiver.url("/"));
            Delivery delivery = fixture.tried(key, 1);
            assertThat(delivery.dueAt()).isBetween(asked.minusSeconds(1), asked.plusSeconds(2));

            // The receiver is left alone meanwhile.
            DeliveryKey other = fixture.send(receiver.url("/"));
            receiver.manners(HookReceiver.status(204));
            fixture.pass(Duration.ofSeconds(20));
            assertThat(fixture.find(other).tries()).isZero();
            fixture.pass(Duration.ofSeconds(30));
            fixture.delivered(key);
            fixture.delivered(other);
        }
    }

    @Test
    void retryAfterIsHonouredWhateverElseIsUnderWay() throws Exception {
        CountDownLatch paused = new CountDownLatch(1);
        CountDownLatch arrived = new CountDownLatch(4); // sent at once to a receiver that has never answered
        AtomicBoolean first = new AtomicBoolean(true);
        Manners manners = (message, connection) -> {
            boolean busy = first.getAndSet(false);
            arrived.countDown();
            if (busy) {
                arrived.await();
            } else {
                paused.await();
            }
            Manners answer = busy ? HookReceiver.status(429, "Retry-After: 30") : HookReceiver.status(204);
            answer.answer(message, connection);
        };
        try (HookReceiver receiver = new HookReceiver(manners);
                DeliveryFixture fixture = new DeliveryFixture(directory, clock, WebhookSettings.DEFAULT)) {
            List<DeliveryKey> keys = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                keys.add(fixture.send(receiver.url("/")));
            }
            String origin = "http://127.0.0.1:" + receiver.port();
            Instant until = clock.instant().plusSeconds(30);
            Eventually.within(DeliveryFixture.PATIENCE, () -> assertThat(fixture.scheduler.heldUntil(origin))
                    .isEqualTo(until));
            paused.countDown();
            Eventually.until(DeliveryFixture.PATIENCE, () -> {
                int delivered = 0;
                for (DeliveryKey key : keys) {
                    delivered += fixture.find(key).state() == DeliveryState.DELIVERED ? 1 : 0;
                }
                assertThat(delivered).isGreaterThanOrEqualTo(3);
                return delivered;
            });
            fixture.pass(Duration.ofSeconds(29));
            keys.add(fixture.send(receiver.url("/")));
            assertThat(fixture.scheduler.heldUntil(origin)).isEqualTo(until);
            assertThat(receiver.messages()).hasSize(4);

            fixture.pass(Duration.ofSeconds(2));
            for (DeliveryKey key : keys) {
                fixture.delivered(key);
            }
            assertThat(receiver.messages()).hasSize(keys.size() + 1);
        }
    }

    @Test
    void aRetryByHandDuringATryKeepsThatTryInTheLog() throws Exception {
        CountDownLatch retried = new CountDownLatch(1);
        Manners manners = (message, connection) -> {
            retried.await();
            HookReceiver.status(500).answer(message, connection);
        };
        try (HookReceiver receiver = new HookReceiver(manners);
                DeliveryFixture fixture = new DeliveryFixture(directory, clock, WebhookSettings.DEFAULT)) {
            DeliveryKey key = fixture.send(receiver.url("/"));
            Eventually.within(DeliveryFixture.PATIENCE, () -> assertThat(receiver.messages())
                    .hasSize(1));
            clock.pass(Duration.ofSeconds(1));
            fixture.engine.deliveries().retry(key);
            retried.countDown();
            Delivery delivery = fixture.tried(key, 1);
            assertThat(delivery.tries()).isEqualTo(1);
            assertThat(delivery.log().toString().split("\"status\":500")).hasSize(3);
        }
    }

    @Test
    void aWrongCertificateIsNoReceiver() throws Exception {
        try (ServerSocket listening = SelfSigned.listen(directory);
                HookReceiver receiver = new HookReceiver(HookReceiver.status(204), listening);
                DeliveryFixture fixture = new DeliveryFixture(directory, clock, WebhookSettings.DEFAULT)) {
            Delivery delivery = fixture.tried(fixture.send("https://127.0.0.1:" + receiver.port() + "/"), 1);
            assertThat(delivery.state()).isEqualTo(DeliveryState.PENDING);
            assertThat(delivery.log().toString()).contains("no secure connection");
            assertThat(receiver.messages()).isEmpty();
        }
    }

    @Test
    void whatIsNeverAcceptedFailsAfterTenTries() throws Exception {
        try (HookReceiver receiver = new HookReceiver(HookReceiver.status(500));
                DeliveryFixture fixture = new DeliveryFixture(directory, clock)) {
            DeliveryKey key = fixture.send(receiver.url("/"));
            List<Duration> pauses = new ArrayList<>();
            for (int tries = 1; tries < 10; tries++) {
                Delivery delivery = fixture.tried(key, tries);
                Instant due = delivery.dueAt();
                assertThat(due).isNotNull();
                Duration pause = Duration.between(clock.instant(), due);
                pauses.add(pause);
                fixture.pass(pause.plusSeconds(1));
            }
            Delivery last = fixture.tried(key, 10);
            assertThat(last.state()).isEqualTo(DeliveryState.FAILED);
            for (int i = 0; i < pauses.size(); i++) {
                Duration plain = DeliverySchedule.PAUSES.get(i);
                assertThat(pauses.get(i))
                        .isBetween(plain, plain.multipliedBy(11).dividedBy(10).plusSeconds(2));
            }

            receiver.manners(HookReceiver.status(200));
            fixture.engine.deliveries().retry(key);
            assertThat(fixture.delivered(key).log().toString().split("\"at\"")).hasSize(12);
        }
    }

    @Test
    void aReceiverThatIsDownForADayGetsAllOnceItIsBack() throws Exception {
        int port = freePort();
        String url = "http://127.0.0.1:" + port + "/";
        Set<String> sent = new HashSet<>();
        try (DeliveryFixture fixture = new DeliveryFixture(directory, clock)) {
            for (int tenth = 0; tenth < 10; tenth++) {
                for (int i = 0; i < 30; i++) {
                    sent.add(fixture.send(url).id());
                }
                fixture.pass(TENTH_OF_A_DAY);
            }
        }
        // Neither does a restart meanwhile change anything.
        try (DeliveryFixture fixture = new DeliveryFixture(directory, clock)) {
            fixture.pass(TENTH_OF_A_DAY);
            try (HookReceiver receiver = new HookReceiver(
                    HookReceiver.status(204), new ServerSocket(port, 100, InetAddress.ofLiteral("127.0.0.1")))) {
                Eventually.within(DeliveryFixture.PATIENCE, () -> {
                    fixture.pass(Duration.ofHours(1));
                    assertThat(received(receiver)).isEqualTo(sent);
                });
            }
        }
    }

    @Test
    void whatWasNotTriedIsNotGivenUp() throws Exception {
        String url = "http://127.0.0.1:" + freePort() + "/";
        List<DeliveryKey> keys = new ArrayList<>();
        try (DeliveryFixture fixture = new DeliveryFixture(directory, clock)) {
            for (int i = 0; i < 30; i++) {
                keys.add(fixture.store(url).delivery().key());
            }
            clock.pass(Duration.ofDays(4));
            fixture.scheduler.clockSet();
            Eventually.until(DeliveryFixture.PATIENCE, () -> {
                fixture.pass(Duration.ofSeconds(61));
                int ended = 0;
                for (DeliveryKey key : keys) {
                    Delivery delivery = fixture.find(key);
                    boolean failed = delivery.state() == DeliveryState.FAILED;
                    if (failed) {
                        ended++;
                        assertThat(delivery.tries()).isPositive();
                    }
                }
                assertThat(ended).isGreaterThan(8);
                return ended;
            });
        }
    }

    private static Set<String> received(HookReceiver receiver) {
        Set<String> ids = new HashSet<>();
        receiver.messages().forEach(message -> ids.add(message.header("webhook-id")));
        return ids;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    @Test
    void whatIsInTheStoreIsSentAfterAStart() throws Exception {
        List<DeliveryKey> keys = new ArrayList<>();
        try (HookReceiver receiver = new HookReceiver()) {
            try (DeliveryFixture fixture = new DeliveryFixture(directory, clock)) {
                fixture.scheduler.close();
                for (int i = 0; i < 1_000; i++) {
                    keys.add(fixture.store(receiver.url("/")).delivery().key());
                }
            }
            try (DeliveryFixture fixture = new DeliveryFixture(directory, clock)) {
                for (DeliveryKey key : keys) {
                    fixture.delivered(key);
                }
            }
            assertThat(receiver.messages()).hasSize(1_000);
        }
    }

    @Test
    void theEndOfTheServiceWaitsForWhatIsUnderWay() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch ending = new CountDownLatch(1);
        Manners slow = (message, connection) -> {
            begun.countDown();
            ending.await();
            HookReceiver.status(204).answer(message, connection);
        };
        try (HookReceiver receiver = new HookReceiver(slow)) {
            DeliveryFixture ended = new DeliveryFixture(directory, clock);
            DeliveryKey key = ended.send(receiver.url("/"));
            begun.await();
            Thread end = Thread.ofPlatform().start(ended::close);
            // It waits for nothing else: the one try is under way.
            Eventually.within(
                    Duration.ofSeconds(30), () -> assertThat(end.getState()).isEqualTo(Thread.State.TIMED_WAITING));
            ending.countDown();
            end.join();
            try (DeliveryFixture fixture = new DeliveryFixture(directory, clock)) {
                assertThat(fixture.find(key).state()).isEqualTo(DeliveryState.DELIVERED);
            }
            assertThat(receiver.messages()).hasSize(1);
        }
    }

    @Test
    void aDeadReceiverDelaysNobodyElse() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        Manners silent = (message, connection) -> over.await();
        try (HookReceiver dead = new HookReceiver(silent);
                HookReceiver alive = new HookReceiver();
                DeliveryFixture fixture = new DeliveryFixture(directory, clock)) {
            List<OutgoingDelivery> pending = new ArrayList<>();
            for (int i = 0; i < 3_000; i++) {
                pending.add(fixture.store(dead.url("/")));
            }
            pending.forEach(fixture.scheduler::made);
            for (int i = 0; i < 50; i++) {
                long begin = System.nanoTime();
                DeliveryKey key = fixture.send(alive.url("/"));
                fixture.delivered(key);
                assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));
            }
            assertThat(dead.messages()).hasSizeLessThan(30);
            over.countDown();
        }
    }

    @Test
    void namesOfForbiddenAddressesAreFoundOutWhenTheyAreConnectedTo() throws Exception {
        try (DeliveryFixture fixture = new DeliveryFixture(directory, clock)) {
            Delivery delivery = fixture.tried(fixture.send("http://10.0.0.1/"), 1);
            assertThat(delivery.log().toString()).contains("10.0.0.1 is").contains("motorpool.webhooks.allow");
            assertThat(delivery.state()).isEqualTo(DeliveryState.PENDING);
        }
    }

    @Test
    void aTryThatCannotBeJudgedIsMadeAgain() throws Exception {
        AtomicBoolean broken = new AtomicBoolean(true);
        CountDownLatch judged = new CountDownLatch(1);
        DoubleSupplier random = () -> {
            if (broken.get()) {
                judged.countDown();
                throw new IllegalStateException("no number");
            }
            return 0.5;
        };
        try (HookReceiver receiver = new HookReceiver(HookReceiver.status(500));
                DeliveryFixture fixture = new DeliveryFixture(directory, clock, DeliveryFixture.QUICK, random)) {
            DeliveryKey key = fixture.send(receiver.url("/"));
            assertThat(judged.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(fixture.find(key).tries()).isZero();
            broken.set(false);
            // A round finds it, once the try that failed has been given back.
            Eventually.until(DeliveryFixture.PATIENCE, () -> {
                fixture.pass(Duration.ofSeconds(31));
                Delivery found = fixture.find(key);
                assertThat(found.tries()).as("%s", found).isPositive();
                return found;
            });
            receiver.manners(HookReceiver.status(200));
            fixture.pass(Duration.ofHours(3));
            fixture.delivered(key);
        }
    }

    @Test
    void deliveriesAreLookedAfterAgainAfterADefectOfTheStore() throws Exception {
        try (HookReceiver receiver = new HookReceiver();
                DeliveryFixture fixture = new DeliveryFixture(directory, clock)) {
            fixture.defects(1_000_000);
            OutgoingDelivery outgoing = fixture.store(receiver.url("/"));
            fixture.scheduler.clockSet();
            Eventually.within(DeliveryFixture.PATIENCE, () -> assertThat(fixture.defects())
                    .isPositive());
            fixture.defects(0);
            fixture.scheduler.clockSet();
            fixture.delivered(outgoing.delivery().key());
        }
    }

    @Test
    void whoIsLeftAloneIsTriedNoSooner() throws Exception {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        try (DeliveryFixture fixture = new DeliveryFixture(directory, clock)) {
            String url = "http://127.0.0.1:" + port + "/";
            assertThat(fixture.scheduler.heldUntil("http://127.0.0.1:" + port)).isNull();
            for (int i = 0; i < CircuitBreaker.SILENCES; i++) {
                fixture.tried(fixture.send(url), 1);
            }
            assertThat(fixture.scheduler.heldUntil("http://127.0.0.1:" + port))
                    .isEqualTo(clock.instant().plusSeconds(1));
        }
    }

    @Test
    void whatHasEndedIsForgottenInTheEnd() throws Exception {
        try (HookReceiver receiver = new HookReceiver();
                DeliveryFixture fixture = new DeliveryFixture(directory, clock)) {
            DeliveryKey key = fixture.send(receiver.url("/"));
            fixture.delivered(key);
            fixture.pass(Duration.ofHours(25));
            Eventually.until(DeliveryFixture.PATIENCE, () -> {
                OutgoingDelivery left =
                        fixture.store.read(tables -> tables.deliveries().find(key));
                assertThat(left).isNull();
                return true;
            });
        }
    }
}
