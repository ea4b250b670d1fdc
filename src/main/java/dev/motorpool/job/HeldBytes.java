package dev.motorpool.job;

/** How many bytes of values jobs may hold at once, all together. */
public interface HeldBytes {

    /** Takes so many, if there are so many left. */
    boolean take(long bytes);

    void giveBack(long bytes);

    /** How many there are in all. */
    long limit();
}
