package dev.motorpool.bench;

/** Counts durations in buckets less than one percent wide. Not thread-safe. */
final class LatencyHistogram {

    private static final int SUB_BITS = 7;
    private static final int SUB = 1 << SUB_BITS;

    private final long[] counts = new long[(Long.SIZE - SUB_BITS) * SUB];
    private long total;

    void add(long nanos) {
        counts[bucket(Math.max(0, nanos))]++;
        total++;
    }

    long total() {
        return total;
    }

    /** The quantile for this share, 0 if there are no values. */
    long quantile(double share) {
        long wanted = Math.max(1, (long) Math.ceil(share * total));
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= wanted) {
                return middle(i);
            }
        }
        return 0;
    }

    /** Up to 127 each value has its bucket; from there each doubling has 128. */
    private static int bucket(long value) {
        int shift = Math.max(0, Long.SIZE - SUB_BITS - 1 - Long.numberOfLeadingZeros(value));
        return shift * SUB + (int) (value >>> shift);
    }

    private static long middle(int bucket) {
        int shift = Math.max(0, bucket / SUB - 1);
        long first = (long) (bucket - shift * SUB) << shift;
        return first + ((1L << shift) >> 1);
    }
}
