package dev.motorpool.detached.attempt;

import dev.motorpool.detached.model.WaitingJob;
import dev.motorpool.detached.time.RelativeTimes;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.CallListener;
import dev.motorpool.pool.CallRequest;
import dev.motorpool.pool.Outcome;
import dev.motorpool.pool.PendingCall;
import dev.motorpool.pool.Tenant;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An attempt at a job that is a single call. */
public final class SingleAttempt extends AttemptRun implements CallListener {

    /** Callbacks of single attempts. */
    public interface Owner {
        void started(SingleAttempt run);

        void progressed(AttemptRun run, RawJson progress);

        void printed(AttemptRun run, String text);

        void ended(SingleAttempt run, Outcome outcome);
    }

    private final RawJson args;
    private final RawJson kwargs;
    private final Owner owner;

    /** Set by {@link #begin}, read by others afterwards. */
    private volatile @Nullable PendingCall call;

    public SingleAttempt(WaitingJob waiting, RelativeTimes expiries, Owner owner) {
        super(waiting, expiries);
        this.args = waiting.args();
        this.kwargs = waiting.kwargs();
        this.owner = owner;
    }

    @Override
    public void begin(PoolPort pool) {
        PendingCall begun = pool.submit(new CallRequest(
                job.id(),
                number,
                job.spec().function(),
                args,
                kwargs,
                job.spec().timeout(),
                timeToStart(),
                job.spec().priority(),
                job.age(),
                this,
                job.trace(),
                new Tenant(job.tenant())));
        call = begun;
        if (abandoned()) {
            begun.cancel();
        }
    }

    @Override
    public boolean withdraw(PoolPort pool) {
        PendingCall begun = call;
        return begun != null && pool.withdraw(begun);
    }

    @Override
    public void abandon() {
        super.abandon();
        PendingCall begun = call;
        if (begun != null) {
            begun.cancel();
        }
    }

    @Override
    public void started(Instant at, long nanosInQueue, String workerId, long pid) {
        if (start(at, workerId, pid)) {
            owner.started(this);
        }
    }

    @Override
    public void progress(long done, long total, String message) {
        JsonWriter json = new JsonWriter().beginObject();
        json.name("done").value(done).name("total").value(total);
        json.name("message").value(message.isEmpty() ? null : message);
        RawJson told = json.endObject().toRawJson();
        progress(told);
        owner.progressed(this, told);
    }

    @Override
    public void output(String text) {
        printed(text);
        owner.printed(this, text);
    }

    @Override
    public void ended(Outcome outcome) {
        owner.ended(this, outcome);
    }
}
