package dev.motorpool.pool;

import java.util.HashMap;
import java.util.Map;

/**
 * How long each function of a pool runs, as a moving average that trusts a long run at once and short ones slowly.
 * Guarded by the pool's lock. Bounded by the number of functions.
 */
final class RunTimes {

    private static final double WEIGHT = 0.1;

    private final Map<String, double[]> averages = new HashMap<>();

    void add(String function, long nanos) {
        double[] average = averages.computeIfAbsent(function, name -> new double[] {nanos});
        average[0] = nanos > 4 * average[0] ? nanos : average[0] + WEIGHT * (nanos - average[0]);
    }

    /** Expected nanoseconds; infinite for a function never seen. */
    double expected(String function) {
        double[] average = averages.get(function);
        return average == null ? Double.POSITIVE_INFINITY : average[0];
    }
}
