package dev.motorpool.function.signature;

import org.jspecify.annotations.Nullable;

/**
 * Where a function comes from, and what its author says of calls.
 *
 * @param runtime name of the runtime whose workers run it
 * @param source name of the source that brings it; null for a built-in function
 * @param asynchronous whether it is written for an event loop
 * @param defaults of calls that do not say otherwise
 */
public record Origin(String runtime, @Nullable String source, boolean asynchronous, CallDefaults defaults) {

    /** The runtime of the built-in functions. */
    public static final String JAVA = "java";

    /** The runtime of programs. */
    public static final String PROGRAMS = "programs";

    /** The origin of the built-in functions. */
    public static final Origin BUILT_IN = new Origin(JAVA, null, false, CallDefaults.NONE);
}
