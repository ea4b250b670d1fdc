package dev.motorpool.detached.store;

/** A failure of the store. It is unknown whether the operation was done, unless the transaction says so. */
public class StoreException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * The failure of one operation.
     *
     * @param message what went wrong, for operators; clients learn only that the store is unreachable
     */
    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }

    public StoreException(String message) {
        super(message);
    }
}
