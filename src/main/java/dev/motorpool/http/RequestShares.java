package dev.motorpool.http;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * How many requests each API key and each address has in progress, waits and streams included. Each has a share of what
 * the service takes at once, so that none takes it from all others.
 */
final class RequestShares {

    private final Counts keys;
    private final Counts addresses;

    RequestShares(int mostOfKey, int mostOfAddress) {
        this.keys = new Counts("this API key", "motorpool.http.requests-per-key", mostOfKey);
        this.addresses = new Counts("this address", "motorpool.http.requests-per-address", mostOfAddress);
    }

    /** A request in progress, until it is closed. */
    interface Share extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Counts a request.
     *
     * @param key null: it came without one
     */
    Share enter(@Nullable ApiKey key, String address) throws ProblemException {
        Share ofAddress = addresses.enter(address);
        if (key == null) {
            return ofAddress;
        }
        try {
            Share ofKey = keys.enter(key.name());
            return () -> {
                ofKey.close();
                ofAddress.close();
            };
        } catch (ProblemException refused) {
            ofAddress.close();
            throw refused;
        }
    }

    /** The requests of some callers. Those who have none take no memory. */
    private static final class Counts {
        private final String whose;
        private final String setting;
        private final int most;
        private final ConcurrentHashMap<String, Integer> inProgress = new ConcurrentHashMap<>();

        Counts(String whose, String setting, int most) {
            this.whose = whose;
            this.setting = setting;
            this.most = most;
        }

        Share enter(String caller) throws ProblemException {
            int now = inProgress.merge(caller, 1, Integer::sum);
            if (now > most) {
                leave(caller);
                throw new ProblemException(Problem.unavailable("There are " + most + " requests of " + whose
                        + " in progress, as many as may be (" + setting + ")."));
            }
            return () -> leave(caller);
        }

        private void leave(String caller) {
            inProgress.computeIfPresent(caller, (name, count) -> count == 1 ? null : count - 1);
        }
    }
}
