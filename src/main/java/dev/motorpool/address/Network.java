package dev.motorpool.address;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/** A network of IPv4 or IPv6 addresses: those that begin with the same bits. */
public final class Network {

    private final byte[] address;
    private final int prefix;

    private Network(byte[] address, int prefix) {
        this.address = address;
        this.prefix = prefix;
    }

    /**
     * Reads {@code 10.0.0.0/8}, {@code fd00::/8}, or a single address.
     *
     * @throws IllegalArgumentException if the text is none of these
     */
    public static Network parse(String text) {
        int slash = text.indexOf('/');
        String host = slash < 0 ? text : text.substring(0, slash);
        byte[] bytes = literal(host, text);
        int bits = bytes.length * 8;
        int prefix = slash < 0 ? bits : prefix(text.substring(slash + 1), bits, text);
        Network network = new Network(bytes, prefix);
        if (!Arrays.equals(network.masked(), bytes)) {
            throw new IllegalArgumentException(
                    text + " is not a network: bits are set beyond its first " + prefix + ".");
        }
        return network;
    }

    /** Reads a list separated by commas; spaces around them and empty entries do not count. */
    public static List<Network> parseList(String text) {
        return Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .filter(entry -> !entry.isEmpty())
                .map(Network::parse)
                .toList();
    }

    private static byte[] literal(String host, String text) {
        try {
            byte[] bytes = InetAddress.ofLiteral(host).getAddress();
            // The JDK also takes 10.1 for 10.0.0.1, and turns ::ffff:10.0.0.0 into IPv4.
            boolean asWritten = host.indexOf(':') >= 0
                    ? bytes.length == 16
                    : Addresses.text(bytes).equals(host);
            if (asWritten) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            // Reported below, with a message of our own.
        }
        throw new IllegalArgumentException(
                text + " is not a network; write it as 10.0.0.0/8, fd00::/8 or a single address.");
    }

    private static int prefix(String digits, int bits, String text) {
        if (digits.matches("[0-9]{1,3}") && Integer.parseInt(digits) <= bits) {
            return Integer.parseInt(digits);
        }
        throw new IllegalArgumentException(
                text + " is not a network: after the slash stands a number from 0 to " + bits + ".");
    }

    private byte[] masked() {
        byte[] masked = address.clone();
        for (int bit = prefix; bit < masked.length * 8; bit++) {
            masked[bit / 8] &= (byte) ~(0x80 >> bit % 8);
        }
        return masked;
    }

    boolean contains(byte[] candidate) {
        if (candidate.length != address.length) {
            return false;
        }
        int whole = prefix / 8;
        if (!Arrays.equals(candidate, 0, whole, address, 0, whole)) {
            return false;
        }
        int rest = prefix % 8;
        return rest == 0 || ((candidate[whole] ^ address[whole]) & (0xff00 >> rest) & 0xff) == 0;
    }

    /** The text that {@link #parse} reads. */
    @Override
    public String toString() {
        return Addresses.text(address) + "/" + prefix;
    }
}
