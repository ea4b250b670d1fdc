package dev.motorpool.http.route;

import dev.motorpool.http.problem.Problem;
import dev.motorpool.http.problem.ProblemException;
import dev.motorpool.http.server.CallerAddress;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts the requests in progress of each caller (API key, else address) and of tenants with limits, and how many of
 * them are streams or waits. A caller may use four fifths of its requests for streams, and as many for waits, so that it
 * can still call functions; so none can use up the service's capacity. Thread-safe.
 */
public final class RequestShares {

    /** A kind under which a request is counted. */
    enum Sort {
        /** Any request. */
        REQUEST,
        /** A request whose answer is a stream. */
        STREAM,
        /** A request that waits for something that continues without it; synchronous calls do not count. */
        WAIT;

        String words() {
            return name().toLowerCase(Locale.ROOT) + "s";
        }
    }

    private static final String SETTING = "motorpool.http.requests-per-caller";

    private final int most;
    private final Map<Sort, ConcurrentHashMap<String, Integer>> callers = new EnumMap<>(Sort.class);

    /** Tenants with limits, by name. */
    private final Map<String, TenantShare> tenants = new HashMap<>();

    public RequestShares(HttpSettings settings, RequestEvents events) {
        most = settings.requestsPerCaller();
        for (Sort sort : Sort.values()) {
            callers.put(sort, new ConcurrentHashMap<>());
        }
        settings.tenants().forEach((name, limits) -> tenants.put(name, new TenantShare(name, limits, events)));
    }

    /**
     * Counts a request.
     *
     * @param key null if the request has no key
     * @param address of the client, in text form
     */
    public Share enter(@Nullable ApiKey key, String address) throws ProblemException {
        Caller caller = Caller.of(key);
        TenantShare tenant = tenants.get(caller.tenant().name());
        return new Share(Sort.REQUEST, caller.key(), CallerAddress.network(address), tenant);
    }

    /** A request in progress, counted under one kind until it is closed. */
    public final class Share implements AutoCloseable {

        private final Sort sort;
        private final String key;
        private final String address;
        private final @Nullable TenantShare tenant;

        private Share(Sort sort, String key, String address, @Nullable TenantShare tenant) throws ProblemException {
            this.sort = sort;
            this.key = key;
            this.address = address;
            this.tenant = tenant;
            enterCaller();
            if (tenant != null) {
                try {
                    tenant.enter(sort);
                } catch (ProblemException refused) {
                    leaveCaller();
                    throw refused;
                }
            }
        }

        /** The name of the request's API key; empty without one. */
        public String key() {
            return key;
        }

        /** The caller to whom per-caller limits apply: the API key, or without one the address. */
        String caller() {
            return key.isEmpty() ? address : "key " + key;
        }

        /** Counts the same request under another kind too. */
        Share as(Sort other) throws ProblemException {
            return new Share(other, key, address, tenant);
        }

        @Override
        public void close() {
            if (tenant != null) {
                tenant.leave(sort);
            }
            leaveCaller();
        }

        private void enterCaller() throws ProblemException {
            int limit = sort == Sort.REQUEST ? most : Math.max(1, (int) (most * 4L / 5));
            if (counts().merge(caller(), 1, Integer::sum) > limit) {
                leaveCaller();
                throw new ProblemException(Problem.limitReached(
                        sort.words(),
                        "This " + (key.isEmpty() ? "address" : "API key") + " has " + limit + " " + sort.words()
                                + " in progress, its limit"
                                + (sort == Sort.REQUEST ? "" : ", four fifths of its requests")
                                + " (" + SETTING + ")."));
            }
        }

        private void leaveCaller() {
            counts().computeIfPresent(caller(), (same, count) -> count == 1 ? null : count - 1);
        }

        private ConcurrentHashMap<String, Integer> counts() {
            return Objects.requireNonNull(callers.get(sort));
        }
    }
}
