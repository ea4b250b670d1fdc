package dev.motorpool.http.server;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * The unit of per-address limits: an IPv4 address, or the first 64 bits of an IPv6 address, because one client can use
 * all addresses with the same prefix.
 */
public final class CallerAddress {

    private static final int NETWORK_BYTES = 8;

    private CallerAddress() {}

    /**
     * The network of an address in text form.
     *
     * @param address the address of the connection or from a proxy's header; may have a port or be invalid
     */
    public static String network(String address) {
        int colon = address.indexOf(':');
        if (colon < 0) {
            return address;
        }
        String host = address;
        if (address.startsWith("[")) {
            host = address.substring(1, Math.max(1, address.indexOf(']')));
        } else if (colon == address.lastIndexOf(':')) {
            return address.substring(0, colon);
        }
        int zone = host.indexOf('%');
        try {
            return network(InetAddress.ofLiteral(zone < 0 ? host : host.substring(0, zone)))
                    .getHostAddress();
        } catch (IllegalArgumentException notAnAddress) {
            return address;
        }
    }

    /** The network of an address, as an address with its other bits set to 0. */
    static InetAddress network(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address;
        }
        byte[] bytes = address.getAddress();
        Arrays.fill(bytes, NETWORK_BYTES, bytes.length, (byte) 0);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an IPv6 address has 16 bytes", e);
        }
    }
}
