package dev.motorpool.detached;

/** When a wait for several jobs is over. */
public enum ReturnWhen {
    FIRST_COMPLETED,
    FIRST_EXCEPTION,
    ALL_COMPLETED
}
