package dev.motorpool.detached.commit;

import dev.motorpool.detached.store.JobTables;
import dev.motorpool.detached.store.StoreException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A change that somebody asks for and waits for. It is given up when the store fails or takes too long: who asked is told,
 * and whatever it did in spite of that is undone where that matters.
 *
 * @param <T> what the change answers
 */
public abstract class BlockingChange<T> extends StoreChange {

    private enum Phase {
        WANTED,
        DONE,
        GIVEN_UP
    }

    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.WANTED);
    private final CompletableFuture<T> answer = new CompletableFuture<>();

    /** What the latest {@link #apply} answered; null if it did nothing. Owned by the store's thread. */
    private @Nullable T made;

    /** Makes the change; what it answers. */
    public abstract T make(JobTables tables) throws StoreException;

    /** What it answered is on stable storage; before who asked hears of it. */
    public void follow(T answered) {}

    /** It was given up, and done all the same: this is what it answered. */
    public void undo(T answered) {}

    /** It was given up after the transaction had failed, and may have been done all the same: this is what it answered. */
    public void doubt(T answered) {}

    @Override
    public final void apply(JobTables tables) throws StoreException {
        made = phase.get() == Phase.GIVEN_UP ? null : make(tables);
    }

    @Override
    public final void committed() {
        T answered = made;
        if (answered == null) {
            return;
        }
        if (phase.compareAndSet(Phase.WANTED, Phase.DONE)) {
            try {
                follow(answered);
            } finally {
                answer.complete(answered);
            }
        } else {
            undo(answered);
        }
    }

    @Override
    public final boolean failed(StoreException why) {
        giveUp(why);
        T answered = made;
        if (answered != null) {
            doubt(answered);
        }
        return false;
    }

    @Override
    public final void refused(StoreException why) {
        giveUp(why);
    }

    private void giveUp(StoreException why) {
        if (phase.compareAndSet(Phase.WANTED, Phase.GIVEN_UP)) {
            answer.completeExceptionally(why);
        }
    }

    /** Waits for the answer. */
    public T await(Duration limit) throws StoreException, InterruptedException {
        try {
            return answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException slow) {
            giveUp(new StoreException("the store did not answer within " + limit.toSeconds() + " s"));
            try {
                return answer.get();
            } catch (ExecutionException failed) {
                throw (StoreException) failed.getCause();
            }
        } catch (ExecutionException failed) {
            throw (StoreException) failed.getCause();
        } catch (InterruptedException stop) {
            giveUp(new StoreException("the service is stopping"));
            throw stop;
        }
    }
}
