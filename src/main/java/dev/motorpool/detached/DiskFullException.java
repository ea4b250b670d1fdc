package dev.motorpool.detached;

/** The disk had no room for a change, which was not made. */
public final class DiskFullException extends StoreException {
    private static final long serialVersionUID = 1L;

    public DiskFullException(String message, Throwable cause) {
        super(message, cause);
    }

    DiskFullException(String message) {
        super(message);
    }
}
