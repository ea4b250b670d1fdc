package dev.motorpool.job.waited;

import dev.motorpool.function.TraceContext;
import dev.motorpool.job.JobIds;
import dev.motorpool.job.JobSpec;
import dev.motorpool.job.request.CallRefusedException;
import dev.motorpool.job.request.CallSpec;
import dev.motorpool.pool.CallAge;
import dev.motorpool.pool.CallRequest;
import dev.motorpool.pool.PendingCall;
import dev.motorpool.pool.RefusedException;
import dev.motorpool.pool.Tenant;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The verb {@code apply}: one call whose client waits for it. Nothing is stored. */
public final class Apply {

    private final AdmissionSwitch admission;
    private final JobIds ids;
    private final Clock clock;

    public Apply(AdmissionSwitch admission, JobIds ids, Clock clock) {
        this.admission = admission;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * Submits the call to its pool.
     *
     * @param tenant the tenant that owns the job
     * @param trace the trace that it belongs to; null if there is none
     */
    public WaitedJob submit(Tenant tenant, CallSpec call, @Nullable TraceContext trace) throws CallRefusedException {
        admission.check();
        UUID id = ids.next();
        Instant createdAt = clock.instant();
        JobSpec spec = call.spec();
        CallRequest request = new CallRequest(
                id,
                1,
                spec.function(),
                call.args(),
                call.kwargs(),
                spec.timeout(),
                spec.expires(),
                spec.priority(),
                CallAge.of(id),
                null,
                trace,
                tenant);
        try {
            PendingCall pending = call.pool().submit(request);
            return new WaitedJob(id, spec, createdAt, pending, clock);
        } catch (RefusedException refused) {
            throw new CallRefusedException(Refusals.of(refused));
        }
    }
}
