package dev.motorpool.address;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Addresses as text. */
final class Addresses {

    private static final int VERSION_6_BYTES = 16;

    static String text(byte[] address) {
        try {
            return InetAddress.getByAddress(address).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address has 4 or 16 bytes", e);
        }
    }

    /** As {@link #text}, with addresses of 16 bytes in the one short form that RFC 5952 has for each. */
    static String canonical(byte[] address) {
        String plain = text(address);
        if (address.length != VERSION_6_BYTES) {
            return plain;
        }
        String[] groups = plain.split(":", -1);
        int begin = 0;
        int longest = 0;
        for (int from = 0; from < groups.length; from++) {
            int to = from;
            while (to < groups.length && groups[to].equals("0")) {
                to++;
            }
            if (to - from > longest) {
                begin = from;
                longest = to - from;
            }
        }
        if (longest < 2) {
            return plain;
        }
        List<String> all = List.of(groups);
        return String.join(":", all.subList(0, begin)) + "::"
                + String.join(":", all.subList(begin + longest, groups.length));
    }

    private Addresses() {}
}
