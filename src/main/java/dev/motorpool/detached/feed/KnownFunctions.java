package dev.motorpool.detached.feed;

import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which functions the service has, and since when those that jobs wait for are missing. Thread-safe. */
public final class KnownFunctions {

    private static final Logger LOG = LoggerFactory.getLogger(KnownFunctions.class);

    /** Most missing functions that are remembered. */
    private static final int MOST = 1_000;

    private final Predicate<String> functions;
    private final Clock clock;

    /** Functions that were found to be missing, each with the change before that. */
    private final Map<String, Instant> missing = new ConcurrentHashMap<>();

    /** The latest change of the functions; long ago if they have not changed since the service started. */
    private volatile Instant changedAt = Instant.EPOCH;

    /** @param functions may change at any time; {@link #changed} is called afterwards */
    public KnownFunctions(Predicate<String> functions, Clock clock) {
        this.functions = functions;
        this.clock = clock;
    }

    public boolean isKnown(String function) {
        boolean known = functions.test(function);
        if (!known && missing.size() < MOST && missing.putIfAbsent(function, changedAt) == null) {
            LOG.atWarn()
                    .addKeyValue("function", function)
                    .log("Jobs wait for a function that does not exist; they run when it does");
        }
        return known;
    }

    /** Since when the function is missing; long ago if unknown. */
    public Instant missingSince(String function) {
        return missing.getOrDefault(function, Instant.EPOCH);
    }

    /** There may be other functions now. */
    public void changed() {
        changedAt = clock.instant();
        missing.keySet().removeIf(functions);
    }
}
