package dev.motorpool.address;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Addresses as text. */
final class Addresses {

    static String text(byte[] address) {
        try {
            return InetAddress.getByAddress(address).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address has 4 or 16 bytes", e);
        }
    }

    private Addresses() {}
}
