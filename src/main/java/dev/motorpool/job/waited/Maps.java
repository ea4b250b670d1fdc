package dev.motorpool.job.waited;

import dev.motorpool.function.TraceContext;
import dev.motorpool.job.JobIds;
import dev.motorpool.job.request.CallRefusedException;
import dev.motorpool.job.request.ItemsCall;
import dev.motorpool.pool.RefusedException;
import dev.motorpool.pool.Tenant;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** The verbs {@code map} and {@code starmap}: the client waits for them. Nothing is stored. */
public final class Maps {

    private final AdmissionSwitch admission;
    private final JobIds ids;
    private final Clock clock;

    public Maps(AdmissionSwitch admission, JobIds ids, Clock clock) {
        this.admission = admission;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * Submits the items to their pool.
     *
     * @param tenant the tenant that owns the job
     * @param trace the trace that they belong to; null if there is none
     * @param values memory of the values until they have been sent
     */
    public MapJob submit(Tenant tenant, ItemsCall call, @Nullable TraceContext trace, HeldBytes values)
            throws CallRefusedException {
        admission.check();
        try {
            return MapJob.start(ids.next(), call, LaneOpener.of(call.pool(), tenant, trace), clock, values);
        } catch (RefusedException refused) {
            throw new CallRefusedException(Refusals.of(refused));
        }
    }
}
