package dev.motorpool.worker.plugin;

import dev.motorpool.function.method.Traceback;
import org.jspecify.annotations.Nullable;

/** A plug-in cannot be loaded. The message says why, for its author. */
public final class LoadException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param thrown what the plug-in's code threw, or the JVM because of it; null: nothing */
    LoadException(String reason, @Nullable Throwable thrown) {
        super(reason, thrown, false, false);
    }

    static LoadException of(Throwable fault) {
        if (fault instanceof LoadException known) {
            return known;
        }
        String missingClass = fault instanceof NoClassDefFoundError ? Traceback.message(fault) : " ";
        if (missingClass.indexOf(' ') < 0) {
            String name = missingClass.replace('/', '.');
            return new LoadException(
                    "The class " + name + " is missing. Put the jar that has it beside the plug-in's, in a folder.",
                    fault);
        }
        if (fault instanceof IllegalArgumentException) {
            return new LoadException(Traceback.message(fault), null);
        }
        return new LoadException(fault.toString(), fault);
    }

    /** The trace of what was thrown; null if it would show nothing of the plug-in. */
    public @Nullable String traceback() {
        Throwable thrown = getCause();
        return thrown == null ? null : Traceback.of(thrown, Plugin.FRAMES);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
