package dev.motorpool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.json.RawJson;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A detached job of one call in a simulated history: the store's side of it, and what must hold for it. It is given to
 * its pool, at times taken back and given again, and ends once.
 */
final class SimulatedDetached implements CallListener {

    private final Pool pool;
    /** Calls that were taken back. */
    private final Set<Long> withdrawn = new HashSet<>();

    private @Nullable CallRequest request;
    private @Nullable QueuedCall call;
    private @Nullable Outcome outcome;
    private boolean away;
    private boolean givenUp;
    private int starts;

    SimulatedDetached(Pool pool) throws RefusedException {
        this.pool = pool;
        pool.admitDetached();
    }

    /** Hands the call to the pool; once. */
    void submit(CallRequest first) {
        request = first;
        give();
    }

    private void give() {
        if (request != null) {
            call = (QueuedCall) pool.submitDetached(request);
        }
    }

    /** Takes the call back if it waits. */
    void withdraw() {
        QueuedCall mine = call;
        if (mine != null && !away) {
            boolean queued = mine.state == QueuedCall.State.QUEUED;
            assertThat(pool.withdraw(mine)).isEqualTo(queued);
            assertThat(pool.withdraw(mine)).as("a second withdrawal").isFalse();
            if (queued) {
                away = true;
                withdrawn.add(mine.id);
            }
        }
    }

    void giveAgain() {
        if (away) {
            away = false;
            give();
        }
    }

    /** The job ends while the pool does not have it. */
    void giveUp() {
        if (away) {
            away = false;
            givenUp = true;
            pool.detachedEnded(1);
        }
    }

    void cancel() {
        QueuedCall mine = call;
        if (mine != null) {
            mine.cancel();
        }
    }

    boolean away() {
        return away;
    }

    int withdrawals() {
        return withdrawn.size();
    }

    boolean queued() {
        return call != null && call.state == QueuedCall.State.QUEUED;
    }

    /** The call as the pool has it; null before that. */
    @Nullable
    QueuedCall call() {
        return call;
    }

    boolean stubborn() {
        return request != null && request.function().equals("stubborn");
    }

    boolean ended() {
        return outcome != null;
    }

    void began(long callId) {
        assertThat(withdrawn).as("calls that were withdrawn").doesNotContain(callId);
    }

    void check() {
        assertThat(outcome != null)
                .as("job of call %s is %s", call == null ? null : call.id, call == null ? null : call.state)
                .isNotEqualTo(givenUp);
        if (outcome instanceof Outcome.Succeeded(RawJson value, var run) && call != null) {
            assertThat(value).hasToString(Long.toString(call.id));
            assertThat(run.queueNanos()).isNotNegative();
        }
        if (outcome != null && outcome.run() != null) {
            assertThat(starts).as("starts of a job that ran").isPositive();
        }
        if (outcome instanceof Outcome.Failed failed) {
            assertThat(failed.failure()).isNotInstanceOf(Failure.PoolBroken.class);
        }
    }

    private void alive() {
        assertThat(outcome).as("what is told after the end").isNull();
        assertThat(away).as("what is told of a call that was withdrawn").isFalse();
    }

    @Override
    public void started(Instant at, long queueNanos, String workerId, long pid) {
        alive();
        starts++;
        assertThat(queueNanos).isNotNegative();
    }

    @Override
    public void progress(long done, long total, String message) {
        alive();
        assertThat(starts).isPositive();
    }

    @Override
    public void output(String text) {
        alive();
        assertThat(starts).isPositive();
        assertThat(text).isEqualTo(call == null ? null : Long.toString(call.id));
    }

    @Override
    public void ended(Outcome decided) {
        alive();
        outcome = decided;
        pool.detachedEnded(1);
    }
}
