package dev.motorpool.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The result of one run of the load generator.
 *
 * @param perSecond answers, or lines of streams
 * @param items their number
 * @param medianMicros from sending a request to having its whole answer
 * @param p99Micros likewise, for the slowest hundredth
 * @param firstAnswer the first answer's bytes
 */
record LoadResult(double perSecond, double items, double medianMicros, double p99Micros, String firstAnswer) {

    static LoadResult of(LatencyHistogram latencies, long nanos, byte[] firstAnswer) {
        return new LoadResult(
                latencies.total() * 1e9 / nanos,
                latencies.total(),
                latencies.quantile(0.5) / 1e3,
                latencies.quantile(0.99) / 1e3,
                new String(firstAnswer, StandardCharsets.UTF_8));
    }

    /** The result of a run without timing of single answers. */
    static LoadResult ofItems(long items, long nanos) {
        return new LoadResult(items * 1e9 / nanos, items, 0, 0, "");
    }

    String line() {
        return perSecond + " " + items + " " + medianMicros + " " + p99Micros + " " + encode(firstAnswer);
    }

    static String failure(Exception failed) {
        return "failed " + encode(failed.toString());
    }

    static LoadResult parse(String line) throws IOException {
        String[] parts = line.split(" ", -1);
        if (parts[0].equals("failed")) {
            throw new IOException("the load generator failed: " + decode(parts[1]));
        }
        return new LoadResult(
                Double.parseDouble(parts[0]),
                Double.parseDouble(parts[1]),
                Double.parseDouble(parts[2]),
                Double.parseDouble(parts[3]),
                decode(parts[4]));
    }

    private static String encode(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String decode(String text) {
        return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
    }
}
