package dev.motorpool.job.waited;

import dev.motorpool.job.JobError;
import org.jspecify.annotations.Nullable;

/** The bytes that one request holds of a budget. Thread-safe. */
public interface HeldBytes {

    /** Takes this many more bytes. Returns null if they have been taken, otherwise why there is no room for them. */
    @Nullable
    JobError take(long bytes);

    void giveBack(long bytes);

    /** The maximum for one caller. */
    long limit();
}
