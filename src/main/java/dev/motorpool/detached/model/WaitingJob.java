package dev.motorpool.detached.model;

import dev.motorpool.job.JobSpec;
import dev.motorpool.json.RawJson;
import java.util.UUID;

/**
 * A waiting or submitted job with its arguments.
 *
 * @param args JSON array of the positional arguments; of a map: the array of its items
 * @param kwargs JSON object of the named arguments; empty for a map
 */
public record WaitingJob(StoredJob job, RawJson args, RawJson kwargs) {

    /** Two integers for each item of a map: its start and its end. */
    private static final int BOUNDS_BYTES = 2 * Integer.BYTES;

    public UUID id() {
        return job.id();
    }

    /** Approximate bytes that its client chose. */
    public long chosenBytes() {
        return (long) args.length() + kwargs.length() + job.spec().bytes();
    }

    /** Approximate memory besides its record, including the bounds of a map's items once it is open. */
    public long bytes() {
        JobSpec.MapShape map = job.spec().map();
        return job.bytes() + args.length() + kwargs.length() + (map == null ? 0 : (long) BOUNDS_BYTES * map.count());
    }
}
