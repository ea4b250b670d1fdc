package dev.motorpool.job.stream;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.json.JsonSlices;
import org.jspecify.annotations.Nullable;

/**
 * Values of a stream on their way to its writer, which any thread can drop. A thread that waits for a client refers to
 * this object and never to the bytes, so that they are free at once.
 */
public final class StreamValues {

    /** The destination of copied bytes; does not wait. */
    public interface Target {
        void append(byte[] bytes, int from, int count);
    }

    private final int count;
    private final long size;

    private volatile @Nullable JsonSlices values;

    /** Bytes that have been neither written nor dropped. */
    @GuardedBy("this")
    private long left;

    StreamValues(JsonSlices values) {
        this.values = values;
        this.count = values.count();
        this.size = bytes(values);
        this.left = size;
    }

    /** Bytes that values take in the window of a stream. */
    static long bytes(JsonSlices values) {
        return values.totalLength() + StreamWindow.OVERHEAD * values.count();
    }

    int count() {
        return count;
    }

    long size() {
        return size;
    }

    /** Bytes of the values from one place up to another, exclusively. */
    long size(int from, int end) {
        if (from == 0 && end == count) {
            return size;
        }
        JsonSlices all = values;
        return all == null ? 0 : bytes(all.part(from, end));
    }

    public boolean isDropped() {
        return values == null;
    }

    /** The length of a value; 0 if they have been dropped. */
    public int length(int index) {
        JsonSlices all = values;
        return all == null ? 0 : all.length(index);
    }

    /** Copies a part of a value. Returns false if the values have been dropped. */
    public boolean copy(int index, int offset, int length, Target target) {
        JsonSlices all = values;
        if (all == null) {
            return false;
        }
        target.append(all.bytes(), all.start(index) + offset, length);
        return true;
    }

    /** Some have been written. Returns how many bytes that frees. */
    synchronized long written(long bytes) {
        long free = Math.min(bytes, left);
        left -= free;
        return free;
    }

    synchronized boolean isWritten() {
        return left == 0;
    }

    /** Drops all values. Returns how many bytes that frees. */
    synchronized long drop() {
        values = null;
        long free = left;
        left = 0;
        return free;
    }
}
