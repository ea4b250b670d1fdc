package dev.motorpool.job.waited;

import dev.motorpool.function.TraceContext;
import dev.motorpool.pool.Lane;
import dev.motorpool.pool.LaneRequest;
import dev.motorpool.pool.LaneResults;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.RefusedException;
import dev.motorpool.pool.Tenant;
import org.jspecify.annotations.Nullable;

/** The part of a pool that maps and streams use. */
@FunctionalInterface
public interface LaneOpener {

    Lane lane(LaneRequest request, LaneResults results) throws RefusedException;

    /** The lanes of a pool, for items of this tenant and trace; the trace may be null. */
    static LaneOpener of(Pool pool, Tenant tenant, @Nullable TraceContext trace) {
        return (request, results) -> pool.lane(request.of(tenant, trace), results);
    }
}
