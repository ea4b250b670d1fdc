package dev.motorpool.function.builtin;

import dev.motorpool.function.method.MethodFunctions;
import java.util.List;

/** The functions that come with Motorpool. */
public final class Builtins {

    /**
     * All built-in functions.
     *
     * @param misbehaving whether those are among them that fail on purpose
     */
    public static MethodFunctions functions(boolean misbehaving) {
        return MethodFunctions.of(holders(misbehaving));
    }

    /** The classes of the built-in functions, to be put into a registry with others. */
    public static List<Class<?>> holders(boolean misbehaving) {
        return misbehaving
                ? List.of(Computing.class, Waiting.class, Fetching.class, Misbehaving.class)
                : List.of(Computing.class, Waiting.class, Fetching.class);
    }

    private Builtins() {}
}
