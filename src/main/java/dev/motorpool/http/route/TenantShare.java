package dev.motorpool.http.route;

import dev.motorpool.http.problem.Problem;
import dev.motorpool.http.problem.ProblemException;
import dev.motorpool.http.route.RequestShares.Sort;
import dev.motorpool.pool.TenantLimits;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the requests in progress of one tenant with limits. Thread-safe. */
final class TenantShare {

    private final String tenant;
    private final TenantLimits limits;
    private final RequestEvents events;

    /**
     * A count is above its limit only while a request is being refused. The keys do not change after the constructor.
     */
    private final Map<Sort, AtomicInteger> inProgress = new EnumMap<>(Sort.class);

    TenantShare(String tenant, TenantLimits limits, RequestEvents events) {
        this.tenant = tenant;
        this.limits = limits;
        this.events = events;
        for (Sort sort : Sort.values()) {
            inProgress.put(sort, new AtomicInteger());
        }
    }

    /** Counts one more request of this kind. */
    void enter(Sort sort) throws ProblemException {
        int most = limit(sort);
        if (count(sort).incrementAndGet() > most) {
            leave(sort);
            events.tenantRefused(tenant, sort.words());
            throw new ProblemException(Problem.limitReached(
                    sort.words(),
                    "The tenant '" + tenant + "' has " + most + " " + sort.words()
                            + " in progress, its limit (motorpool.tenants." + tenant + "." + sort.words() + ")."));
        }
    }

    void leave(Sort sort) {
        count(sort).decrementAndGet();
    }

    private AtomicInteger count(Sort sort) {
        return Objects.requireNonNull(inProgress.get(sort));
    }

    private int limit(Sort sort) {
        return switch (sort) {
            case REQUEST -> limits.requests();
            case STREAM -> limits.streams();
            case WAIT -> limits.waits();
        };
    }
}
