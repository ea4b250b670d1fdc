package dev.motorpool.pool;

import java.util.HashMap;
import java.util.Map;

/**
 * Run time estimates of a pool's functions: a moving average that follows a long run at once and short ones slowly.
 * Guarded by the pool's lock. Bounded by the number of functions.
 */
final class RunTimes {

    private static final double WEIGHT = 0.1;

    private final Map<String, double[]> averages = new HashMap<>();

    void add(String function, long nanos) {
        add(function, nanos, 1);
    }

    /** Adds this number of calls, which ran for {@code nanos} together. */
    void add(String function, long nanos, int calls) {
        double mean = (double) nanos / calls;
        double[] average = averages.computeIfAbsent(function, name -> new double[] {mean});
        double weight = calls == 1 ? WEIGHT : 1 - Math.pow(1 - WEIGHT, calls);
        average[0] = mean > 4 * average[0] ? mean : average[0] + weight * (mean - average[0]);
    }

    /** Expected nanoseconds; infinite for a function that has not run yet. */
    double expected(String function) {
        double[] average = averages.get(function);
        return average == null ? Double.POSITIVE_INFINITY : average[0];
    }
}
