package dev.motorpool.worker;

import dev.motorpool.wire.FrameCodec;
import java.io.File;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The command line options of a worker.
 *
 * @param slots calls that may run in it at once
 * @param virtual whether each call gets a virtual thread
 * @param valueLimit maximum bytes of a value
 * @param frameLimit maximum bytes of a frame
 * @param demoFunctions whether the functions that misbehave on purpose are included
 * @param index the file with the descriptions of the functions; created if missing; null: none
 */
record WorkerOptions(
        int slots,
        boolean virtual,
        int valueLimit,
        int frameLimit,
        boolean demoFunctions,
        @Nullable File index) {

    private static final int DEFAULT_VALUE_LIMIT = 16 * 1024 * 1024;

    /**
     * Reads {@code --slots=N --virtual --value-limit=N --frame-limit=N --demo-functions --index=FILE}. What is not
     * among them is as the variables say that any worker is told.
     */
    static WorkerOptions of(Map<String, String> environment, String... arguments) {
        int slots = number(environment, "MOTORPOOL_SLOTS", 1);
        boolean virtual = "coroutine".equals(environment.get("MOTORPOOL_KIND"));
        int valueLimit = number(environment, "MOTORPOOL_VALUE_LIMIT", DEFAULT_VALUE_LIMIT);
        int frameLimit = number(environment, "MOTORPOOL_FRAME_LIMIT", -1);
        boolean demoFunctions = false;
        File index = null;
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            String value = argument.substring(equals + 1);
            switch (name) {
                case "--slots" -> slots = Integer.parseInt(value);
                case "--virtual" -> virtual = true;
                case "--value-limit" -> valueLimit = Integer.parseInt(value);
                case "--frame-limit" -> frameLimit = Integer.parseInt(value);
                case "--demo-functions" -> demoFunctions = true;
                case "--index" -> index = new File(value);
                default -> throw new IllegalArgumentException("unknown option " + name);
            }
        }
        int frames = frameLimit < 0 ? valueLimit + FrameCodec.FRAME_OVERHEAD : frameLimit;
        return new WorkerOptions(slots, virtual, valueLimit, frames, demoFunctions, index);
    }

    private static int number(Map<String, String> environment, String name, int usual) {
        String value = environment.get(name);
        return value == null ? usual : Integer.parseInt(value);
    }
}
