package dev.motorpool.bench;

import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.stream.IntStream;

/**
 * Repeated measurements of one figure.
 *
 * @param values in the order in which they were measured, at least one
 */
record Spread(List<Double> values) {

    Spread {
        values = List.copyOf(values);
        if (values.isEmpty()) {
            throw new IllegalArgumentException("nothing was measured");
        }
    }

    static Spread of(double... values) {
        return new Spread(java.util.Arrays.stream(values).boxed().toList());
    }

    double median() {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    double min() {
        return values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }

    double max() {
        return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }

    /** The ratio to another figure, round by round. */
    Spread over(Spread other) {
        return new Spread(IntStream.range(0, Math.min(values.size(), other.values.size()))
                .mapToObj(i -> values.get(i) / other.values.get(i))
                .toList());
    }

    /** The difference to another figure, round by round. */
    Spread less(Spread other) {
        return new Spread(IntStream.range(0, Math.min(values.size(), other.values.size()))
                .mapToObj(i -> values.get(i) - other.values.get(i))
                .toList());
    }

    Spread times(double factor) {
        return new Spread(values.stream().map(value -> value * factor).toList());
    }

    /** The median, with the range if there are several values. */
    String text(DoubleFunction<String> format) {
        String median = format.apply(median());
        return values.size() == 1 ? median : median + " (" + format.apply(min()) + " to " + format.apply(max()) + ")";
    }

    /** Formats a number with this many decimals, grouped thousands, and its unit, which has its own leading blank. */
    static DoubleFunction<String> unit(int decimals, String unit) {
        return value -> String.format(Locale.ROOT, "%,." + decimals + "f", value) + unit;
    }
}
