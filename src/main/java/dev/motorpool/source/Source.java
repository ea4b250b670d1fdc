package dev.motorpool.source;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A source as clients see it.
 *
 * @param name unique in its runtime
 * @param runtime name of the runtime that loads it
 * @param file relative to the runtime's folder
 * @param version beginning of the SHA-256 of its files as they are now
 * @param reason why it has failed; of a source that is ready, a warning; or null
 * @param traceback of the failure, as the language tells it, or null
 * @param functions names of its functions that can be called; of a failed source, those of its last good version
 * @param loadedAt when the version that can be called was loaded; null if there is none
 */
public record Source(
        String name,
        String runtime,
        String file,
        String version,
        State state,
        @Nullable String reason,
        @Nullable String traceback,
        List<String> functions,
        @Nullable Instant loadedAt) {

    /** Whether a source can be used. */
    public enum State {
        LOADING,
        READY,
        FAILED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
