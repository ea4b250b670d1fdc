package dev.motorpool.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.address.AddressGuard;
import dev.motorpool.address.NameLookups;
import dev.motorpool.address.Network;
import dev.motorpool.json.RawJson;
import dev.motorpool.testing.HookReceiver;
import dev.motorpool.testing.LeavesNothingBehind;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that lead to other addresses than they should, at one time or another. */
@ExtendWith(LeavesNothingBehind.class)
class PosterTest {

    private static final InetAddress PERMITTED = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress FORBIDDEN = InetAddress.ofLiteral("127.0.0.2");
    private static final RawJson BODY = RawJson.of("{}");

    /** How often a name was resolved. */
    private final AtomicInteger lookups = new AtomicInteger();

    /** One for which the name has these addresses at its first lookup, the second, and so on. */
    private Poster poster(IntFunction<InetAddress[]> addresses) {
        AddressGuard guard = new AddressGuard(Network.parseList("127.0.0.1/32"), "motorpool.webhooks.allow");
        return new Poster(guard, CourierFixture.QUICK, name -> addresses.apply(lookups.getAndIncrement()));
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
                Poster poster = poster(count -> addresses(count % 2 == 0 ? PERMITTED : FORBIDDEN))) {
            for (int i = 0; i < 6; i++) {
                Reply reply = poster.post(url(receiver), Map.of(), BODY);
                assertThat(lookups).hasValue(i + 1);
                if (i % 2 == 0) {
                    assertThat(reply.status()).isEqualTo(200);
                } else {
                    assertThat(reply.answered()).isFalse();
                    assertThat(reply.error()).contains("127.0.0.2 is", "motorpool.webhooks.allow");
                }
            }
            assertThat(receiver.messages()).hasSize(3);
        }
    }

    @Test
    void aConnectionThatIsKeptNeedsNoLookup() throws Exception {
        try (HookReceiver receiver = new HookReceiver();
                Poster poster = poster(count -> addresses(count == 0 ? PERMITTED : FORBIDDEN))) {
            for (int i = 0; i < 5; i++) {
                assertThat(poster.post(url(receiver), Map.of(), BODY).status()).isEqualTo(204);
            }
            assertThat(lookups).hasValue(1);
            assertThat(receiver.connections()).isEqualTo(1);
        }
    }

    @Test
    void aConnectionThatWasClosedIsReplacedOnlyByOneToAPermittedAddress() throws Exception {
        try (HookReceiver receiver = new HookReceiver();
                Poster poster = poster(count -> addresses(count == 0 ? PERMITTED : FORBIDDEN))) {
            assertThat(poster.post(url(receiver), Map.of(), BODY).status()).isEqualTo(204);
            receiver.manners((message, connection) -> connection.close());
            Reply reply = poster.post(url(receiver), Map.of(), BODY);
            assertThat(reply.answered()).isFalse();
            assertThat(reply.error()).contains("127.0.0.2 is");
            assertThat(receiver.connections()).isEqualTo(1);
        }
    }

    @Test
    void ofSeveralAddressesThePermittedOnesAreUsed() throws Exception {
        try (HookReceiver receiver = new HookReceiver();
                Poster poster = poster(count -> addresses(FORBIDDEN, PERMITTED, InetAddress.ofLiteral("10.0.0.1")))) {
            assertThat(poster.post(url(receiver), Map.of(), BODY).status()).isEqualTo(204);
        }
    }

    @Test
    void aNameThatCannotBeResolvedIsTold() throws Exception {
        AddressGuard guard = new AddressGuard(Network.parseList("127.0.0.1/32"), "motorpool.webhooks.allow");
        NameLookups.Names nowhere = name -> {
            throw new UnknownHostException(name);
        };
        try (Poster poster = new Poster(guard, CourierFixture.QUICK, nowhere)) {
            Reply reply = poster.post("http://hooks.example/", Map.of(), BODY);
            assertThat(reply.error()).isEqualTo("the name cannot be resolved: hooks.example");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"//evil.example/x?q=1", "///y", "//", "//user:word@evil.example:1/", "/a//b", "/?x=//y"})
    void whateverThePathIsItIsSentToTheHostOfTheUrl(String path) throws Exception {
        try (HookReceiver receiver = new HookReceiver();
                Poster poster = poster(_ -> addresses(PERMITTED))) {
            String host = "hooks.example:" + receiver.port();
            assertThat(poster.post("http://" + host + path, Map.of(), BODY).status())
                    .isEqualTo(204);
            HookReceiver.Message message = receiver.messages().getFirst();
            assertThat(message.path()).isEqualTo(path);
            assertThat(message.header("host")).isEqualTo(host);
            assertThat(message.header("authorization")).isEmpty();
        }
    }
}
