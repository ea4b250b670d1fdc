package dev.motorpool.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.http.problem.ProblemException;
import dev.motorpool.http.route.HttpSettings;
import dev.motorpool.http.route.RequestShares;
import dev.motorpool.job.ProblemType;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallerAddressTest {

    @ParameterizedTest
    @CsvSource({
        "203.0.113.7, 203.0.113.7",
        "203.0.113.7:4711, 203.0.113.7",
        "2001:db8:1:2::7, 2001:db8:1:2:0:0:0:0",
        "2001:db8:1:2:ffff:ffff:ffff:ffff, 2001:db8:1:2:0:0:0:0",
        "[2001:db8:1:2::7]:4711, 2001:db8:1:2:0:0:0:0",
        "fe80::1%eth9, fe80:0:0:0:0:0:0:0",
        "::ffff:203.0.113.7, 203.0.113.7",
        "unknown, unknown",
        "[broken, [broken",
        "a:b:c, a:b:c",
    })
    void networkOfTextForm(String address, String network) {
        assertThat(CallerAddress.network(address)).isEqualTo(network);
    }

    @Test
    void networksDifferInTheirFirst64BitsOnly() {
        InetAddress one = CallerAddress.network(InetAddress.ofLiteral("2001:db8:0:1::1"));
        assertThat(CallerAddress.network(InetAddress.ofLiteral("2001:db8:0:1:8000::")))
                .isEqualTo(one);
        assertThat(CallerAddress.network(InetAddress.ofLiteral("2001:db8:0:2::1")))
                .isNotEqualTo(one);
    }

    @Test
    void addressesOfOneNetworkShareALimit() throws ProblemException {
        HttpSettings settings = HttpSettings.defaults(1);
        RequestShares shares = new RequestShares(settings, (_, _, _, _) -> {});
        try (RequestShares.Share first = shares.enter(null, "2001:db8::1")) {
            assertThat(first.key()).isEmpty();
            assertThat(refused(shares, "2001:db8::2")).isTrue();
            assertThat(refused(shares, "2001:db8:0:1::2")).isFalse();
        }
        assertThat(refused(shares, "2001:db8::2")).isFalse();
    }

    private static boolean refused(RequestShares shares, String address) {
        try (RequestShares.Share share = shares.enter(null, address)) {
            assertThat(share.key()).isEmpty();
            return false;
        } catch (ProblemException refused) {
            assertThat(refused.problem().type()).isEqualTo(ProblemType.LIMIT_REACHED);
            return true;
        }
    }
}
