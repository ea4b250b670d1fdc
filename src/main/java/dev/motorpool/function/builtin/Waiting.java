package dev.motorpool.function.builtin;

import dev.motorpool.function.Function;
import dev.motorpool.function.Param;
import dev.motorpool.function.Workload;
import dev.motorpool.json.JsonNumber;
import dev.motorpool.json.RawJson;
import java.util.concurrent.TimeUnit;

/** Functions that wait, or do nothing at all. */
public final class Waiting {

    private static final double NANOS_PER_SECOND = 1e9;

    @Function(description = "Sleeps for a number of seconds and returns its argument.", workload = Workload.IO)
    public static JsonNumber sleep(
            @Param(description = "How long, fractions allowed.", minimum = "0", maximum = "86400") JsonNumber seconds)
            throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep((long) Math.ceil(seconds.doubleValue() * NANOS_PER_SECOND));
        return seconds;
    }

    @Function(description = "Returns its argument as it came.", workload = Workload.IO)
    public static RawJson echo(@Param(description = "Any JSON value.") RawJson value) {
        return value;
    }

    private Waiting() {}
}
