package dev.motorpool.pool;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The caller's handle to an accepted call. */
public interface PendingCall {

    /** Waits for the outcome. Returns null if there is none after {@code limit}. */
    @Nullable
    Outcome await(Duration limit) throws InterruptedException;

    /** Waits for the outcome. Cheaper than with a limit: another thread has to {@link #cancel} an unwanted call. */
    Outcome await() throws InterruptedException;

    /** The outcome once it is decided; never completes exceptionally. */
    CompletionStage<Outcome> outcome();

    /** Gives up the call: its outcome is {@code Cancelled} unless it already had one. */
    void cancel();
}
