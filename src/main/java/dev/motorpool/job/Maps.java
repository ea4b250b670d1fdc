package dev.motorpool.job;

import dev.motorpool.function.TraceContext;
import dev.motorpool.pool.RefusedException;
import dev.motorpool.pool.Tenant;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** The verbs {@code map} and {@code starmap}: waited for, kept nowhere. */
public final class Maps {

    private final Intake intake;
    private final JobIds ids;
    private final Clock clock;
    private final HeldBytes values;

    /** @param values the bytes that values may take until they have been sent */
    public Maps(Intake intake, JobIds ids, Clock clock, HeldBytes values) {
        this.intake = intake;
        this.ids = ids;
        this.clock = clock;
        this.values = values;
    }

    /**
     * Hands the items to their pool.
     *
     * @param tenant whom the job belongs to
     * @param trace the trace that they belong to; null if there is none
     */
    public MapJob submit(Tenant tenant, String verb, ItemsCall call, @Nullable TraceContext trace)
            throws CallRefusedException {
        intake.check();
        try {
            return MapJob.start(ids.next(), verb, call, LaneOpener.of(call.pool(), tenant, trace), clock, values);
        } catch (RefusedException refused) {
            throw new CallRefusedException(Refusals.of(refused));
        }
    }
}
