package dev.motorpool.http;

import dev.motorpool.http.RequestShares.Sort;
import dev.motorpool.pool.TenantLimits;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** The requests that one tenant with limits has in progress. Thread-safe. */
final class TenantShare {

    private final String tenant;
    private final TenantLimits limits;

    /** By the sort's ordinal. Above a limit only while a request is being refused. */
    private final AtomicIntegerArray inProgress = new AtomicIntegerArray(Sort.values().length);

    TenantShare(String tenant, TenantLimits limits) {
        this.tenant = tenant;
        this.limits = limits;
    }

    /** Counts one more request as this. */
    void enter(Sort sort) throws ProblemException {
        int most = limit(sort);
        if (inProgress.incrementAndGet(sort.ordinal()) > most) {
            leave(sort);
            throw new ProblemException(Problem.limitReached(
                    sort.words(),
                    "The tenant '" + tenant + "' has " + most + " " + sort.words()
                            + " in progress, its limit (motorpool.tenants." + tenant + "." + sort.words() + ")."));
        }
    }

    void leave(Sort sort) {
        inProgress.decrementAndGet(sort.ordinal());
    }

    private int limit(Sort sort) {
        return switch (sort) {
            case REQUEST -> limits.requests();
            case STREAM -> limits.streams();
            case WAIT -> limits.waits();
        };
    }
}
