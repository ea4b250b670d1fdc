package dev.motorpool.runtime;

/** How far a worker process is separated from the rest of the machine. */
public enum Isolation {
    NONE,
    /** Confined by {@link Bubblewrap}. */
    SANDBOX,
    /** Confined, and without any network but a loopback interface of its own. */
    SANDBOX_WITHOUT_NETWORK
}
