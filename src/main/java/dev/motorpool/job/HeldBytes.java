package dev.motorpool.job;

import org.jspecify.annotations.Nullable;

/** The bytes that one request holds of a budget. Safe for all threads. */
public interface HeldBytes {

    /** Takes so many more; answers why there is no room for them, null if they have been taken. */
    @Nullable
    JobError take(long bytes);

    void giveBack(long bytes);

    /** The most that one caller may hold. */
    long limit();
}
