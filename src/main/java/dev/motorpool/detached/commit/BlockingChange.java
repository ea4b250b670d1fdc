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
 * A change whose caller waits for its result. It is given up when the store fails or takes too long: the caller is
 * notified, and a change that was committed nevertheless is undone where that matters.
 *
 * @param <T> the result of the change
 */
public abstract class BlockingChange<T> extends StoreChange {

    private enum Phase {
        WANTED,
        DONE,
        GIVEN_UP
    }

    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.WANTED);
    private final CompletableFuture<T> answer = new CompletableFuture<>();

    /** The result of the latest {@link #apply}; null if it did nothing. Owned by the store's thread. */
    private @Nullable T made;

    /** Makes the change and returns its result. */
    public abstract T make(JobTables tables) throws StoreException;

    /** Called when the change is on stable storage, before its caller is notified. */
    public void follow(T answered) {}

    /** Called if the change was given up and committed nevertheless, with its result. */
    public void undo(T answered) {}

    /** Called if the change was given up after its transaction failed, and may have been committed, with its result. */
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

    /** Waits for the result. */
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
