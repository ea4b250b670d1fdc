package dev.motorpool.detached.store;

/** The store could not do what was asked. Whether it has done it is not known, unless the transaction says so. */
public class StoreException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * The failure of one operation.
     *
     * @param message what went wrong, for operators; clients are told only that the store is out of reach
     */
    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }

    public StoreException(String message) {
        super(message);
    }
}
