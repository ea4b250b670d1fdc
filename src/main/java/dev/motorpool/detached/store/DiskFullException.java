package dev.motorpool.detached.store;

/** The disk had no space for a change. The change was not made. */
public final class DiskFullException extends StoreException {
    private static final long serialVersionUID = 1L;

    public DiskFullException(String message, Throwable cause) {
        super(message, cause);
    }

    public DiskFullException(String message) {
        super(message);
    }
}
