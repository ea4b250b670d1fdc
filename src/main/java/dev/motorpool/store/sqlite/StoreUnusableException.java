package dev.motorpool.store.sqlite;

import org.jspecify.annotations.Nullable;

/** The store cannot be opened: the service does not start without it. */
public final class StoreUnusableException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String action;

    /**
     * @param problem what is wrong, naming the file
     * @param action what to do about it
     */
    StoreUnusableException(String problem, String action, @Nullable Throwable cause) {
        super(problem, cause);
        this.action = action;
    }

    StoreUnusableException(String problem, String action) {
        super(problem);
        this.action = action;
    }

    /** What to do about it, a sentence for operators. */
    public String action() {
        return action;
    }
}
