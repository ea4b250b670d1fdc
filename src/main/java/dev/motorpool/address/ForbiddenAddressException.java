package dev.motorpool.address;

import java.net.UnknownHostException;

/** A URL points, or a name resolves, to where it must not; the message says where and how to allow it. */
public final class ForbiddenAddressException extends UnknownHostException {
    private static final long serialVersionUID = 1L;

    public ForbiddenAddressException(String message) {
        super(message);
    }
}
