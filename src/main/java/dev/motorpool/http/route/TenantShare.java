package dev.motorpool.http.route;

import dev.motorpool.http.problem.Problem;
import dev.motorpool.http.problem.ProblemException;
import dev.motorpool.http.route.RequestShares.Sort;
import dev.motorpool.pool.TenantLimits;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/** The requests that one tenant with limits has in progress. Thread-safe. */
final class TenantShare {

    private final String tenant;
    private final TenantLimits limits;
    private final RequestEvents events;

    /** Above a limit only while a request is being refused. Its keys never change after the constructor. */
    private final Map<Sort, AtomicInteger> inProgress = new EnumMap<>(Sort.class);

    TenantShare(String tenant, TenantLimits limits, RequestEvents events) {
        this.tenant = tenant;
        this.limits = limits;
        this.events = events;
        for (Sort sort : Sort.values()) {
            inProgress.put(sort, new AtomicInteger());
        }
    }

    /** Counts one more request as this. */
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
