package dev.motorpool.pool;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A call that a pool has accepted, in the hands of who asked for it. */
public interface PendingCall {

    /** Waits for the outcome; null if there is none after {@code limit}. */
    @Nullable
    Outcome await(Duration limit) throws InterruptedException;

    /** Waits for the outcome. Cheaper than with a limit: somebody else has to {@link #cancel} a call that nobody wants. */
    Outcome await() throws InterruptedException;

    /** The outcome once it is decided; never fails. */
    CompletionStage<Outcome> outcome();

    /** Gives the call up: its outcome is {@code Cancelled} unless it already had one. */
    void cancel();
}
