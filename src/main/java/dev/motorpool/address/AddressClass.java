package dev.motorpool.address;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What addresses are for, by the IANA registries of special-purpose addresses, and those at which cloud platforms serve
 * metadata and credentials to their machines. Most of the latter lie in special-purpose ranges:
 *
 * <ul>
 *   <li>169.254.0.0/16: 169.254.169.254 (AWS, Azure, Google Cloud, Oracle Cloud and others), 169.254.170.2 and
 *       169.254.170.23 (AWS containers), 169.254.42.42 (Scaleway), 169.254.0.23 (Tencent Cloud)
 *   <li>100.64.0.0/10: 100.100.100.200 (Alibaba Cloud)
 *   <li>192.0.0.0/24: 192.0.0.192 (Oracle Cloud Classic)
 *   <li>fc00::/7: fd00:ec2::254 and fd00:ec2::23 (AWS), fd20:ce::254 (Google Cloud), fd00:c1::a9fe:a9fe (Oracle Cloud),
 *       fd00:42::42 (Scaleway)
 *   <li>fe80::/10: fe80::a9fe:a9fe (OpenStack, Akamai)
 * </ul>
 *
 * <p>Listed below by itself is 168.63.129.16, which is in a public range of Microsoft's and serves Azure's machines:
 * <a href="https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16">What is IP address
 * 168.63.129.16?</a>
 */
final class AddressClass {

    private record Range(Network network, String words) {}

    private static final List<Range> VERSION_4 = List.of(
            range("0.0.0.0/32", "an unspecified address"),
            range("0.0.0.0/8", "an address of this network"),
            range("10.0.0.0/8", "a private address"),
            range("100.64.0.0/10", "an address shared behind a carrier's NAT"),
            range("127.0.0.0/8", "a loopback address"),
            range("168.63.129.16/32", "an address of a cloud platform's own services"),
            range("169.254.0.0/16", "a link-local address"),
            range("172.16.0.0/12", "a private address"),
            range("192.0.0.0/24", "a reserved address"),
            range("192.0.2.0/24", "a documentation address"),
            range("192.88.99.0/24", "a reserved address"),
            range("192.168.0.0/16", "a private address"),
            range("198.18.0.0/15", "a benchmarking address"),
            range("198.51.100.0/24", "a documentation address"),
            range("203.0.113.0/24", "a documentation address"),
            range("224.0.0.0/4", "a multicast address"),
            range("255.255.255.255/32", "the broadcast address"),
            range("240.0.0.0/4", "a reserved address"));

    private static final List<Range> VERSION_6 = List.of(
            range("::/128", "an unspecified address"),
            range("::1/128", "a loopback address"),
            range("64:ff9b:1::/48", "a private translation address"),
            range("2001:2::/48", "a benchmarking address"),
            range("2001:db8::/32", "a documentation address"),
            range("2001::/23", "a reserved address"),
            range("3fff::/20", "a documentation address"),
            range("fc00::/7", "a private address"),
            range("fe80::/10", "a link-local address"),
            range("fec0::/10", "a site-local address"),
            range("ff00::/8", "a multicast address"));

    private static final Network GLOBAL_6 = Network.parse("2000::/3");
    private static final Network TRANSLATED = Network.parse("64:ff9b::/96");
    private static final Network SIX_TO_FOUR = Network.parse("2002::/16");
    private static final Network TEREDO = Network.parse("2001::/32");
    private static final Network COMPATIBLE = Network.parse("::/96");

    private static Range range(String network, String words) {
        return new Range(Network.parse(network), words);
    }

    /**
     * What an address is, in words, if it is not an ordinary global one; null if it is, or if that depends on what it
     * {@linkplain #embedded embeds}.
     */
    static @Nullable String special(byte[] address) {
        if (address.length == 4) {
            return first(VERSION_4, address);
        }
        String words = TEREDO.contains(address) ? null : first(VERSION_6, address);
        boolean ordinary = GLOBAL_6.contains(address) || !embedded(address).isEmpty();
        return words == null && !ordinary ? "a reserved address" : words;
    }

    /** The IPv4 addresses that an IPv6 address leads to. */
    static List<byte[]> embedded(byte[] address) {
        if (address.length == 4) {
            return List.of();
        }
        if (SIX_TO_FOUR.contains(address)) {
            return List.of(Arrays.copyOfRange(address, 2, 6));
        }
        if (TEREDO.contains(address)) {
            byte[] client = Arrays.copyOfRange(address, 12, 16);
            for (int i = 0; i < client.length; i++) {
                client[i] = (byte) ~client[i];
            }
            return List.of(Arrays.copyOfRange(address, 4, 8), client);
        }
        boolean mapped = isMapped(address);
        if (mapped || TRANSLATED.contains(address) || COMPATIBLE.contains(address) || isIsatap(address)) {
            return List.of(Arrays.copyOfRange(address, 12, 16));
        }
        return List.of();
    }

    /** {@code ::ffff:a.b.c.d}, and {@code ::ffff:0:a.b.c.d} of stateless translation. */
    private static boolean isMapped(byte[] address) {
        for (int i = 0; i < 8; i++) {
            if (address[i] != 0) {
                return false;
            }
        }
        int left = (address[8] & 0xff) << 8 | (address[9] & 0xff);
        int right = (address[10] & 0xff) << 8 | (address[11] & 0xff);
        return (left == 0 && right == 0xffff) || (left == 0xffff && right == 0);
    }

    private static boolean isIsatap(byte[] address) {
        return (address[8] & 0xfd) == 0 && address[9] == 0 && address[10] == 0x5e && address[11] == (byte) 0xfe;
    }

    private static @Nullable String first(List<Range> ranges, byte[] address) {
        for (Range range : ranges) {
            if (range.network().contains(address)) {
                return range.words();
            }
        }
        return null;
    }

    private AddressClass() {}
}
