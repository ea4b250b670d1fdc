package dev.motorpool.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressGuardTest {

    private static final AddressGuard STRICT = new AddressGuard(List.of(), "the.setting");

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
                "169.253.255.255",
                "172.15.255.255",
                "172.32.0.0",
                "192.0.1.0",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "223.255.255.255",
                "2001:4860:4860::8888",
                "2606:4700::1111",
                "2a00::1",
                "64:ff9b::8.8.8.8",
                "2002:808:808::1",
                "::ffff:8.8.8.8",
                "::8.8.8.8",
                "2001:0:808:808:0:0:f7f7:f7f7"
            })
    void globalAddressesPass(String address) {
        assertThat(STRICT.objection(InetAddress.ofLiteral(address))).isNull();
        assertThat(STRICT.objection(url(address))).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        0.0.0.0           | an unspecified address
        0.1.2.3           | an address of this network
        10.0.0.0          | a private address
        10.255.255.255    | a private address
        100.64.0.0        | an address shared behind a carrier's NAT
        100.127.255.255   | an address shared behind a carrier's NAT
        127.0.0.1         | a loopback address
        127.255.255.255   | a loopback address
        169.254.0.0       | a link-local address
        169.254.169.254   | a link-local address
        172.16.0.0        | a private address
        172.31.255.255    | a private address
        192.0.0.1         | a reserved address
        192.0.2.1         | a documentation address
        192.88.99.1       | a reserved address
        192.168.0.0       | a private address
        192.168.255.255   | a private address
        198.18.0.0        | a benchmarking address
        198.19.255.255    | a benchmarking address
        198.51.100.7      | a documentation address
        203.0.113.255     | a documentation address
        224.0.0.1         | a multicast address
        239.255.255.255   | a multicast address
        240.0.0.1         | a reserved address
        255.255.255.255   | the broadcast address
        ::                | an unspecified address
        ::1               | a loopback address
        fc00::1           | a private address
        fdff:ffff::1      | a private address
        fe80::1           | a link-local address
        febf::1           | a link-local address
        fec0::1           | a site-local address
        ff02::1           | a multicast address
        2001:db8::1       | a documentation address
        3fff:fff::1       | a documentation address
        2001:2::1         | a benchmarking address
        2001:20::1        | a reserved address
        64:ff9b:1::1      | a private translation address
        100::1            | a reserved address
        5f00::1           | a reserved address
        4000::1           | a reserved address
        8000::1           | a reserved address
        64:ff9b::10.0.0.1 | an address that holds 10.0.0.1, a private address
        ::127.0.0.1       | an address that holds 127.0.0.1, a loopback address
        ::ffff:0:10.0.0.1 | an address that holds 10.0.0.1, a private address
        2002:7f00:1::1    | an address that holds 127.0.0.1, a loopback address
        2001:0:a00:1:0:0:f7f7:f7f7 | an address that holds 10.0.0.1, a private address
        2001:0:808:808:0:0:80ff:fffe | an address that holds 127.0.0.1, a loopback address
        2a00::5efe:10.0.0.1 | an address that holds 10.0.0.1, a private address
        fe80::5efe:8.8.8.8 | a link-local address
        """)
    void otherAddressesAreRefusedAndSaid(String address, String words) {
        InetAddress parsed = InetAddress.ofLiteral(address);
        String sentence = Addresses.text(parsed.getAddress()) + " is " + words
                + ", which is refused unless the.setting allows its network.";

        assertThat(STRICT.objection(parsed)).isEqualTo(sentence);
        assertThat(STRICT.objection(url(address))).isEqualTo(sentence);
    }

    @ParameterizedTest
    @ValueSource(strings = {"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:7f00:1", "::ffff:a9fe:a9fe"})
    void mappedAddressesAreTheirVersion4(String address) {
        assertThat(STRICT.objection(InetAddress.ofLiteral(address))).contains("which is refused");
        assertThat(STRICT.objection(url(address))).contains("which is refused");
        assertThat(AddressClass.embedded(mapped(address)))
                .containsExactly(InetAddress.ofLiteral(address).getAddress());
    }

    /** Where cloud platforms serve metadata and credentials; IPv4 in every form of IPv6 that leads there, too. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "168.63.129.16",
                "169.254.169.254",
                "169.254.170.2",
                "169.254.170.23",
                "169.254.42.42",
                "169.254.0.23",
                "100.100.100.200",
                "192.0.0.192",
                "fd00:ec2::254",
                "fd00:ec2::23",
                "fd20:ce::254",
                "fd00:c1::a9fe:a9fe",
                "fd00:42::42",
                "fe80::a9fe:a9fe"
            })
    void addressesOfCloudPlatformsAreRefusedInEveryForm(String address) {
        byte[] bytes = InetAddress.ofLiteral(address).getAddress();

        assertThat(forms(bytes)).allSatisfy(form -> {
            assertThat(STRICT.objection(InetAddress.ofLiteral(form))).as(form).contains("which is refused");
            assertThat(STRICT.objection(url(form))).as(form).contains("which is refused");
        });
    }

    private static List<String> forms(byte[] address) {
        if (address.length == 16) {
            return List.of(Addresses.text(address));
        }
        String groups =
                HexFormat.of().formatHex(address, 0, 2) + ":" + HexFormat.of().formatHex(address, 2, 4);
        String inverted = HexFormat.of().formatHex(inverted(address), 0, 2) + ":"
                + HexFormat.of().formatHex(inverted(address), 2, 4);
        return List.of(
                Addresses.text(address),
                "::" + groups,
                "::ffff:" + groups,
                "::ffff:0:" + groups,
                "64:ff9b::" + groups,
                "64:ff9b:1::" + groups,
                "2002:" + groups + "::1",
                "2001:0:" + groups + ":0:0:f7f7:f7f7",
                "2001:0:808:808:0:0:" + inverted,
                "2a00::5efe:" + groups);
    }

    private static byte[] inverted(byte[] address) {
        byte[] inverted = address.clone();
        for (int i = 0; i < inverted.length; i++) {
            inverted[i] = (byte) ~inverted[i];
        }
        return inverted;
    }

    @Test
    void neighboursOfAPlatformsAddressAreGlobal() {
        assertThat(STRICT.objection(InetAddress.ofLiteral("168.63.129.15"))).isNull();
        assertThat(STRICT.objection(InetAddress.ofLiteral("168.63.129.17"))).isNull();
        assertThat(STRICT.objection(InetAddress.ofLiteral("168.63.129.16")))
                .isEqualTo("168.63.129.16 is an address of a cloud platform's own services, which is refused unless"
                        + " the.setting allows its network.");
    }

    private static byte[] mapped(String address) {
        byte[] bytes = new byte[16];
        bytes[10] = -1;
        bytes[11] = -1;
        System.arraycopy(InetAddress.ofLiteral(address).getAddress(), 0, bytes, 12, 4);
        return bytes;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        10.1.0.0/16           | 10.1.2.3                 | true
        10.1.0.0/16           | 10.2.0.0                 | false
        10.0.0.1              | 10.0.0.1                 | true
        10.0.0.1              | 10.0.0.2                 | false
        0.0.0.0/0             | 127.0.0.1                | true
        0.0.0.0/0             | ::1                      | false
        127.0.0.0/8, ::1/128  | ::1                      | true
        127.0.0.0/8           | 64:ff9b::127.0.0.1       | true
        127.0.0.0/8           | 2002:7f00:1::1           | true
        127.0.0.0/8           | fe80::5efe:127.0.0.1     | false
        64:ff9b::/96          | 64:ff9b::127.0.0.1       | true
        fd00:1::/32           | fd00:1:2::3              | true
        fd00:1::/33           | fd00:1:8000::3           | false
        fe80::/10             | fe80::1                  | true
        169.254.169.254/31    | 169.254.169.255          | true
        """)
    void networksCanBeAllowed(String networks, String address, boolean passes) {
        AddressGuard guard = new AddressGuard(Network.parseList(networks), "the.setting");

        assertThat(guard.objection(InetAddress.ofLiteral(address)) == null).isEqualTo(passes);
        assertThat(guard.objection(url(address)) == null).isEqualTo(passes);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        http://0x7f.1/              | The host 0x7f.1 is an unusual spelling of 127.0.0.1; write it that way.
        http://0177.0.0.1/          | The host 0177.0.0.1 is an unusual spelling of 127.0.0.1; write it that way.
        http://2130706433/          | The host 2130706433 is an unusual spelling of 127.0.0.1; write it that way.
        http://0x7F000001/          | The host 0x7f000001 is an unusual spelling of 127.0.0.1; write it that way.
        http://017700000001/        | The host 017700000001 is an unusual spelling of 127.0.0.1; write it that way.
        http://127.1/               | The host 127.1 is an unusual spelling of 127.0.0.1; write it that way.
        http://127.0.1/             | The host 127.0.1 is an unusual spelling of 127.0.0.1; write it that way.
        http://0/                   | The host 0 is an unusual spelling of 0.0.0.0; write it that way.
        http://00000010.8.8.8/      | The host 00000010.8.8.8 is an unusual spelling of 8.8.8.8; write it that way.
        http://8.8.2056/            | The host 8.8.2056 is an unusual spelling of 8.8.8.8; write it that way.
        http://127.0.0.0x1/         | The host 127.0.0.0x1 is an unusual spelling of 127.0.0.1; write it that way.
        http://127.0.0.1./          | 127.0.0.1 is a loopback address, which is refused unless the.setting allows its network.
        http://256.1.1.1/           | The host 256.1.1.1 is neither a name nor an IPv4 address.
        http://1.2.3.4.5/           | The host 1.2.3.4.5 is neither a name nor an IPv4 address.
        http://4294967296/          | The host 4294967296 is neither a name nor an IPv4 address.
        http://127.0.0.08/          | The host 127.0.0.08 is neither a name nor an IPv4 address.
        http://name.123/            | The host name.123 is neither a name nor an IPv4 address.
        http://localhost/           | localhost is a name of loopback addresses, which is refused unless the.setting allows its network.
        http://LocalHost.:80/       | localhost is a name of loopback addresses, which is refused unless the.setting allows its network.
        http://a.localhost/         | a.localhost is a name of loopback addresses, which is refused unless the.setting allows its network.
        http://user@example.org/    | The URL must not hold a user name or a password.
        http://u:p@example.org/     | The URL must not hold a user name or a password.
        http://example.org:80@127.0.0.1/ | The URL must not hold a user name or a password.
        ftp://example.org/          | The URL must begin with http:// or https://.
        file:///etc/passwd          | The URL must begin with http:// or https://.
        javascript:alert(1)         | The URL must begin with http:// or https://.
        //example.org/              | The URL must begin with http:// or https://.
        example.org                 | The URL must begin with http:// or https://.
        ``                          | The URL must begin with http:// or https://.
        http:///path                | The URL names no host.
        http:example.org            | The URL names no host.
        http://example.org:0/       | The port 0 is not a number from 1 to 65535.
        http://example.org:65536/   | The port 65536 is not a number from 1 to 65535.
        http://example.org:99999999999/ | The port 99999999999 is not a number from 1 to 65535.
        http://example.org:-1/      | The port -1 is not a number from 1 to 65535.
        http://example.org:8a/      | The port 8a is not a number from 1 to 65535.
        http://exa mple.org/        | It is not a URL: Illegal character in authority at index 10.
        http://127.0.0.1\\@example.org/ | It is not a URL: Illegal character in authority at index 16.
        http://[::1/                | It is not a URL: Expected closing bracket for IPv6 address at index 11.
        http://[fe80::1%25eth0]/    | The host [fe80::1%25eth0] is not an IPv6 address without a zone.
        http://-a.org/              | The host -a.org is not a name of letters, digits, hyphens and dots; write international names in their xn-- form.
        http://a..org/              | The host a..org is not a name of letters, digits, hyphens and dots; write international names in their xn-- form.
        http://b\u00fccher.example/ | The host b\u00fccher.example is not a name of letters, digits, hyphens and dots; write international names in their xn-- form.
        http://127\u30020\u30020\u30021/ | The host 127\u30020\u30020\u30021 is not a name of letters, digits, hyphens and dots; write international names in their xn-- form.
        http://%31%32%37.0.0.1/     | The host %31%32%37.0.0.1 is not a name of letters, digits, hyphens and dots; write international names in their xn-- form.
        http://example.org/\u00e4   | The URL must be ASCII; write other characters percent-encoded.
        """)
    void urlsThatAreRefused(String url, String sentence) {
        assertThat(STRICT.objection(url)).isEqualTo(sentence);
    }

    @ParameterizedTest
    @CsvSource({
        "http://example.org,http,example.org,80,/",
        "HTTPS://Example.ORG:8443/a/b?c=d#e,https,example.org,8443,/a/b?c=d",
        "http://example.org:/x,http,example.org,80,/x",
        "http://my_service.internal./,http,my_service.internal,80,/",
        "http://xn--bcher-kva.example/,http,xn--bcher-kva.example,80,/",
        "http://8.8.8.8:53,http,8.8.8.8,53,/",
        "https://[2606:4700::1111]:1/,https,2606:4700::1111,1,/",
        "http://0x.org/%20,http,0x.org,80,/%20"
    })
    void urlsAreReadOneWay(String url, String scheme, String host, int port, String path) {
        WebTarget target = WebTarget.parse(url);

        assertThat(STRICT.objection(url)).isNull();
        assertThat(target.scheme()).isEqualTo(scheme);
        assertThat(target.host()).isEqualTo(host);
        assertThat(target.port()).isEqualTo(port);
        assertThat(target.path()).isEqualTo(path);
        assertThat(target.literal() != null).isEqualTo(host.matches("[0-9.]+|.*:.*"));
    }

    @ParameterizedTest
    @CsvSource({
        "[0:0:0:0:0:0:0:1],[::1]",
        "[::0001],[::1]",
        "[::],[::]",
        "[2001:DB8:0:0:1:0:0:1],[2001:db8::1:0:0:1]",
        "[2001:db8:0:1:1:1:1:1],[2001:db8:0:1:1:1:1:1]",
        "[2001:db8:0:0:0:0:0:0],[2001:db8::]",
        "[0::ffff:8.8.8.8],8.8.8.8"
    })
    void anAddressHasOneOriginHoweverItIsWritten(String written, String told) {
        assertThat(WebTarget.parse("http://" + written + "/").origin()).isEqualTo("http://" + told + ":80");
    }

    @Test
    void longUrlsAndHostsAreRefused() {
        assertThat(STRICT.objection("http://example.org/" + "a".repeat(9000)))
                .isEqualTo("The URL is longer than 8192 characters.");
        assertThat(STRICT.objection("http://" + "a.".repeat(130) + "org/"))
                .isEqualTo("The host must have 1 to 253 characters.");
        assertThat(STRICT.objection("http://" + "a".repeat(64) + ".org/")).contains("is not a name of letters");
    }

    @Test
    void localhostPassesWhereLoopbackIsAllowed() {
        AddressGuard guard = new AddressGuard(Network.parseList("127.0.0.0/8"), "the.setting");

        assertThat(guard.objection("http://localhost:8080/")).isNull();
        assertThat(guard.objection("http://127.0.0.1:8080/")).isNull();
        assertThat(guard.objection("http://[::1]:8080/")).isNotNull();
    }

    @Test
    void onlyPermittedAddressesAreKept() throws UnknownHostException {
        AddressGuard guard = new AddressGuard(Network.parseList("127.0.0.0/8"), "the.setting");

        assertThat(guard.permitted(InetAddress.getAllByName("localhost")))
                .containsExactly(InetAddress.ofLiteral("127.0.0.1"));
        assertThatThrownBy(() -> STRICT.permitted(InetAddress.getAllByName("localhost")))
                .isInstanceOf(ForbiddenAddressException.class)
                .hasMessageContaining("is a loopback address, which is refused unless the.setting allows its network.");
        assertThatThrownBy(() -> STRICT.permitted(InetAddress.getAllByName("10.0.0.1")))
                .isInstanceOf(ForbiddenAddressException.class)
                .hasMessage("10.0.0.1 is a private address, which is refused unless the.setting allows its network.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.1/8",
                "10.0.0.0/33",
                "10.0.0.0/",
                "10.0.0.0/-1",
                "10.0.0.0/+8",
                "fd00::/129",
                "fd00::1/64",
                "x",
                "10.0.0/8",
                "::ffff:10.0.0.0/104",
                "example.org",
                "/8",
                "10.0.0.0/8/8"
            })
    void whatIsNoNetworkIsRefused(String text) {
        assertThatThrownBy(() -> Network.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(text + " is not a network");
    }

    @Test
    void networksComeInLists() {
        assertThat(Network.parseList(" 10.0.0.0/8 ,, ::1,"))
                .extracting(Network::toString)
                .containsExactly("10.0.0.0/8", "0:0:0:0:0:0:0:1/128");
        assertThat(Network.parseList("")).isEmpty();
    }

    private static String url(String address) {
        return address.indexOf(':') < 0 ? "http://" + address + "/" : "http://[" + address + "]/";
    }
}
