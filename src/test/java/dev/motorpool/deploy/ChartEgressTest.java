package dev.motorpool.deploy;

import static dev.motorpool.deploy.Manifest.one;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.motorpool.address.AddressGuard;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The network policy lets no address out that the service itself refuses, and all that are global. */
class ChartEgressTest {

    private static final AddressGuard GUARD = new AddressGuard(List.of(), "a.setting");

    /** An {@code ipBlock}, or one of its exceptions. */
    private record Block(BigInteger first, int prefix, int bits, List<Block> except) {

        static Block of(String cidr, List<Block> except) {
            String[] parts = cidr.split("/", -1);
            byte[] address = InetAddress.ofLiteral(parts[0]).getAddress();
            return new Block(
                    new BigInteger(1, address), Integer.parseInt(parts[1]), address.length * 8, List.copyOf(except));
        }

        boolean contains(InetAddress address) {
            byte[] bytes = address.getAddress();
            int rest = bits - prefix;
            return bytes.length * 8 == bits
                    && new BigInteger(1, bytes).shiftRight(rest).equals(first.shiftRight(rest))
                    && except.stream().noneMatch(each -> each.contains(address));
        }

        /** As Kubernetes demands it of exceptions. */
        boolean isIn(Block outer) {
            int rest = bits - outer.prefix;
            return bits == outer.bits
                    && prefix > outer.prefix
                    && first.shiftRight(rest).equals(outer.first.shiftRight(rest));
        }
    }

    private static final List<Block> BLOCKS = new ArrayList<>();

    @BeforeAll
    static void read() {
        BLOCKS.clear();
        for (JsonElement rule :
                one(Chart.template(""), "NetworkPolicy").at("spec", "egress").getAsJsonArray()) {
            for (JsonElement peer : rule.getAsJsonObject().getAsJsonArray("to")) {
                JsonObject block = peer.getAsJsonObject().getAsJsonObject("ipBlock");
                if (block != null) {
                    List<Block> except = new ArrayList<>();
                    for (JsonElement each : block.getAsJsonArray("except")) {
                        except.add(Block.of(each.getAsString(), List.of()));
                    }
                    BLOCKS.add(Block.of(block.get("cidr").getAsString(), except));
                }
            }
        }
    }

    private static boolean isLetOut(InetAddress address) {
        return BLOCKS.stream().anyMatch(block -> block.contains(address));
    }

    /** The translated form of an IPv4 address at a NAT64. */
    private static InetAddress translated(String address) {
        byte[] four = InetAddress.ofLiteral(address).getAddress();
        return InetAddress.ofLiteral(String.format(
                "64:ff9b::%x%02x:%x%02x", four[0] & 0xff, four[1] & 0xff, four[2] & 0xff, four[3] & 0xff));
    }

    @Test
    void exceptionsLieInTheirBlocks() {
        assertThat(BLOCKS)
                .hasSize(3)
                .allSatisfy(block -> assertThat(block.except()).isNotEmpty().allMatch(each -> each.isIn(block)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.255.255.255",
                "10.0.0.0",
                "10.255.255.255",
                "100.64.0.0",
                "100.100.100.200",
                "100.127.255.255",
                "127.0.0.1",
                "127.255.255.255",
                "168.63.129.16",
                "169.254.0.0",
                "169.254.169.254",
                "172.16.0.0",
                "172.31.255.255",
                "192.0.0.0",
                "192.0.0.192",
                "192.0.2.1",
                "192.88.99.1",
                "192.168.0.0",
                "192.168.255.255",
                "198.18.0.0",
                "198.19.255.255",
                "198.51.100.7",
                "203.0.113.255",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255"
            })
    void noIpv4AddressThatIsNotGlobalIsLetOutNorItsTranslation(String address) {
        assertThat(GUARD.objection(InetAddress.ofLiteral(address))).isNotNull();
        assertThat(isLetOut(InetAddress.ofLiteral(address))).isFalse();
        assertThat(GUARD.objection(translated(address))).isNotNull();
        assertThat(isLetOut(translated(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "::",
                "::1",
                "::127.0.0.1",
                "::ffff:0:10.0.0.1",
                "64:ff9b:1::a00:1",
                "100::1",
                "2001:2::1",
                "2001:20::1",
                "2001:db8::1",
                "2001:0:a00:1:0:0:f7f7:f7f7",
                "2002:7f00:1::1",
                "2002:a83f:8110::1",
                "3fff::1",
                "3fff:fff::1",
                "4000::1",
                "5f00::1",
                "8000::1",
                "fc00::1",
                "fd00:ec2::254",
                "fd20:ce::254",
                "fdff:ffff::1",
                "fe80::1",
                "febf::1",
                "fec0::1",
                "ff02::1"
            })
    void noIpv6AddressThatIsNotGlobalIsLetOut(String address) {
        assertThat(GUARD.objection(InetAddress.ofLiteral(address))).isNotNull();
        assertThat(isLetOut(InetAddress.ofLiteral(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.0.0.1",
                "8.8.8.8",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.0",
                "168.63.129.15",
                "168.63.129.17",
                "169.253.255.255",
                "172.15.255.255",
                "172.32.0.0",
                "192.0.1.0",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "223.255.255.255"
            })
    void globalIpv4AddressesAreLetOutAndTheirTranslations(String address) {
        assertThat(GUARD.objection(InetAddress.ofLiteral(address))).isNull();
        assertThat(isLetOut(InetAddress.ofLiteral(address))).isTrue();
        assertThat(GUARD.objection(translated(address))).isNull();
        assertThat(isLetOut(translated(address))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2001:4860:4860::8888", "2606:4700::1111", "2a00::1", "2001:200::1"})
    void globalIpv6AddressesAreLetOut(String address) {
        assertThat(GUARD.objection(InetAddress.ofLiteral(address))).isNull();
        assertThat(isLetOut(InetAddress.ofLiteral(address))).isTrue();
    }
}
