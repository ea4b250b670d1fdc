package dev.motorpool.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.address.AddressGuard;
import dev.motorpool.address.NameLookups;
import dev.motorpool.address.Network;
import dev.motorpool.json.RawJson;
import dev.motorpool.testing.HookReceiver;
import dev.motorpool.testing.LeavesNothingBehind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that lead to other addresses than they should, at one time or another. */
@ExtendWith(LeavesNothingBehind.class)
class WebhookClientTest {

    private static final InetAddress PERMITTED = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress FORBIDDEN = InetAddress.ofLiteral("127.0.0.2");
    private static final RawJson BODY = RawJson.of("{}");

    /** How often a name was resolved. */
    private final AtomicInteger lookups = new AtomicInteger();

    /** One for which the name has these addresses at its first lookup, the second, and so on. */
    private WebhookClient poster(IntFunction<InetAddress[]> addresses) {
        AddressGuard guard = new AddressGuard(Network.parseList("127.0.0.1/32"), "motorpool.webhooks.allow");
        return new WebhookClient(guard, DeliveryFixture.QUICK, name -> addresses.apply(lookups.getAndIncrement()));
    }

    private static String url(HookReceiver receiver) {
        return "http://hooks.example:" + receiver.port() + "/";
    }

    private static InetAddress[] addresses(InetAddress... all) {
        return all;
    }

    @Test
    void theAddressThatWasJudgedIsConnectedTo() throws Exception {
        // The name leads elsewhere at each second lookup: who judged one and connected to the other would be led
        // astray.
        try (HookReceiver receiver = new HookReceiver(HookReceiver.status(200, "Connection: close"));
                WebhookClient client = poster(count -> addresses(count % 2 == 0 ? PERMITTED : FORBIDDEN))) {
            for (int i = 0; i < 6; i++) {
                WebhookResponse webhookResponse = client.post(url(receiver), Map.of(), BODY);
                assertThat(lookups).hasValue(i + 1);
                if (i % 2 == 0) {
                    assertThat(webhookResponse.status()).isEqualTo(200);
                } else {
                    assertThat(webhookResponse.answered()).isFalse();
                    assertThat(webhookResponse.error()).contains("127.0.0.2 is", "motorpool.webhooks.allow");
                }
            }
            assertThat(receiver.messages()).hasSize(3);
        }
    }

    @Test
    void aConnectionThatIsKeptNeedsNoLookup() throws Exception {
        try (HookReceiver receiver = new HookReceiver();
                WebhookClient client = poster(count -> addresses(count == 0 ? PERMITTED : FORBIDDEN))) {
            for (int i = 0; i < 5; i++) {
                assertThat(client.post(url(receiver), Map.of(), BODY).status()).isEqualTo(204);
            }
            assertThat(lookups).hasValue(1);
            assertThat(receiver.connections()).isEqualTo(1);
        }
    }

    @Test
    void aConnectionThatWasClosedIsReplacedOnlyByOneToAPermittedAddress() throws Exception {
        try (HookReceiver receiver = new HookReceiver();
                WebhookClient client = poster(count -> addresses(count == 0 ? PERMITTED : FORBIDDEN))) {
            assertThat(client.post(url(receiver), Map.of(), BODY).status()).isEqualTo(204);
            receiver.manners((message, connection) -> connection.close());
            WebhookResponse webhookResponse = client.post(url(receiver), Map.of(), BODY);
            assertThat(webhookResponse.answered()).isFalse();
            assertThat(webhookResponse.error()).contains("127.0.0.2 is");
            assertThat(receiver.connections()).isEqualTo(1);
        }
    }

    @Test
    void ofSeveralAddressesThePermittedOnesAreUsed() throws Exception {
        try (HookReceiver receiver = new HookReceiver();
                WebhookClient client =
                        poster(count -> addresses(FORBIDDEN, PERMITTED, InetAddress.ofLiteral("10.0.0.1")))) {
            assertThat(client.post(url(receiver), Map.of(), BODY).status()).isEqualTo(204);
        }
    }

    @Test
    void aReceiverThatHasClosedAllItsConnectionsGetsItAtOnce() throws Exception {
        int kept = 4;
        CountDownLatch together = new CountDownLatch(kept);
        HookReceiver.Manners gathering = (message, connection) -> {
            together.countDown();
            together.await();
            HookReceiver.status(204).answer(message, connection);
        };
        try (HookReceiver receiver = new HookReceiver(gathering);
                WebhookClient client = poster(_ -> addresses(PERMITTED));
                ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<WebhookResponse>> replies = new ArrayList<>();
            for (int i = 0; i < kept; i++) {
                replies.add(senders.submit(() -> client.post(url(receiver), Map.of(), BODY)));
            }
            for (Future<WebhookResponse> each : replies) {
                assertThat(each.get().status()).isEqualTo(204);
            }
            assertThat(receiver.connections()).isEqualTo(kept);
            // From now on it closes its connections on any request.
            int known = receiver.connections();
            receiver.manners((message, connection) -> {
                if (message.header("connection").equalsIgnoreCase("close")) {
                    HookReceiver.status(200).answer(message, connection);
                }
                connection.close();
            });
            assertThat(client.post(url(receiver), Map.of(), BODY).status()).isEqualTo(200);
            assertThat(receiver.connections()).isEqualTo(known + 1);
        }
    }

    @Test
    void aTryEndsInTimeHoweverManyAddressesDoNotAnswer() throws Exception {
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.ofLiteral("0.0.0.0"))) {
            List<Socket> waiting = new ArrayList<>();
            try {
                fill(full, waiting);
                InetAddress[] many = new InetAddress[40];
                for (int i = 0; i < many.length; i++) {
                    many[i] = InetAddress.ofLiteral("127.0.0." + (i + 1));
                }
                AddressGuard guard = new AddressGuard(Network.parseList("127.0.0.0/8"), "motorpool.webhooks.allow");
                String url = "http://hooks.example:" + full.getLocalPort() + "/";
                try (WebhookClient client = new WebhookClient(guard, DeliveryFixture.QUICK, _ -> many);
                        ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
                    long from = System.nanoTime();
                    senders.submit(() -> {
                                WebhookResponse webhookResponse = client.post(url, Map.of(), BODY);
                                assertThat(webhookResponse.error()).isEqualTo("no answer within 0.8 s");
                                assertThat(Thread.currentThread().isInterrupted())
                                        .isFalse();
                            })
                            .get();
                    // One after the other they would take 20 s.
                    assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(8));
                }
            } finally {
                for (Socket each : waiting) {
                    each.close();
                }
            }
        }
    }

    /** Connects until nobody else can. */
    private static void fill(ServerSocket server, List<Socket> waiting) throws IOException {
        try {
            for (int i = 0; i < 100; i++) {
                Socket socket = new Socket();
                waiting.add(socket);
                socket.connect(new InetSocketAddress(PERMITTED, server.getLocalPort()), 300);
            }
        } catch (SocketTimeoutException full) {
            return;
        }
        throw new AssertionError("the system takes any number of connections");
    }

    @Test
    void aNameThatCannotBeResolvedIsTold() throws Exception {
        AddressGuard guard = new AddressGuard(Network.parseList("127.0.0.1/32"), "motorpool.webhooks.allow");
        NameLookups.Names nowhere = name -> {
            throw new UnknownHostException(name);
        };
        try (WebhookClient client = new WebhookClient(guard, DeliveryFixture.QUICK, nowhere)) {
            WebhookResponse webhookResponse = client.post("http://hooks.example/", Map.of(), BODY);
            assertThat(webhookResponse.error()).isEqualTo("the name cannot be resolved: hooks.example");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"//evil.example/x?q=1", "///y", "//", "//user:word@evil.example:1/", "/a//b", "/?x=//y"})
    void whateverThePathIsItIsSentToTheHostOfTheUrl(String path) throws Exception {
        try (HookReceiver receiver = new HookReceiver();
                WebhookClient client = poster(_ -> addresses(PERMITTED))) {
            String host = "hooks.example:" + receiver.port();
            assertThat(client.post("http://" + host + path, Map.of(), BODY).status())
                    .isEqualTo(204);
            HookReceiver.Message message = receiver.messages().getFirst();
            assertThat(message.path()).isEqualTo(path);
            assertThat(message.header("host")).isEqualTo(host);
            assertThat(message.header("authorization")).isEmpty();
        }
    }
}
