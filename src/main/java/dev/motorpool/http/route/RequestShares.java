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
 * Counts the requests in progress by API key, by address and by tenant with limits, and how many of them are streams or
 * waits. Each has a limit, so that none can use up the service's capacity, nor use all of its own for streams and
 * waits.
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

    private final Map<Sort, Counts> keys = new EnumMap<>(Sort.class);
    private final Map<Sort, Counts> addresses = new EnumMap<>(Sort.class);

    /** Tenants with limits, by name. */
    private final Map<String, TenantShare> tenants = new HashMap<>();

    public RequestShares(HttpSettings settings, RequestEvents events) {
        limit(Sort.REQUEST, settings.requests());
        limit(Sort.STREAM, settings.streams());
        limit(Sort.WAIT, settings.waits());
        settings.tenants().forEach((name, limits) -> tenants.put(name, new TenantShare(name, limits, events)));
    }

    private void limit(Sort sort, HttpSettings.Limits limits) {
        keys.put(sort, new Counts(sort.words(), "API key", "key", limits.perKey()));
        addresses.put(sort, new Counts(sort.words(), "address", "address", limits.perAddress()));
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
            of(addresses).enter(address);
            if (!key.isEmpty()) {
                try {
                    of(keys).enter(key);
                } catch (ProblemException refused) {
                    of(addresses).leave(address);
                    throw refused;
                }
            }
            if (tenant != null) {
                try {
                    tenant.enter(sort);
                } catch (ProblemException refused) {
                    leaveCaller();
                    throw refused;
                }
            }
        }

        private Counts of(Map<Sort, Counts> callers) {
            return Objects.requireNonNull(callers.get(sort));
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

        private void leaveCaller() {
            if (!key.isEmpty()) {
                of(keys).leave(key);
            }
            of(addresses).leave(address);
        }
    }

    /** Counts of one kind by caller. Callers with none have no entry. */
    private static final class Counts {
        private final String limit;
        private final String caller;
        private final String setting;
        private final int most;
        private final ConcurrentHashMap<String, Integer> inProgress = new ConcurrentHashMap<>();

        Counts(String limit, String caller, String per, int most) {
            this.limit = limit;
            this.caller = caller;
            this.setting = "motorpool.http." + limit + "-per-" + per;
            this.most = most;
        }

        void enter(String name) throws ProblemException {
            int now = inProgress.merge(name, 1, Integer::sum);
            if (now > most) {
                leave(name);
                throw new ProblemException(Problem.limitReached(
                        limit,
                        "This " + caller + " has " + most + " " + limit + " in progress, its limit (" + setting
                                + ")."));
            }
        }

        void leave(String name) {
            inProgress.computeIfPresent(name, (same, count) -> count == 1 ? null : count - 1);
        }
    }
}
