package dev.motorpool.detached.model;

import dev.motorpool.json.RawJson;

/** A queued job with its arguments. */
public record WaitingJob(StoredJob job, RawJson args, RawJson kwargs) {

    /** Two integers for each item of a map: its start and its end. */
    private static final int BOUNDS_BYTES = 2 * Integer.BYTES;

    /** Approximate memory besides its record, including the bounds of a map's items once it is open. */
    public long bytes() {
        NewJob.MapShape map = job.map();
        return job.bytes() + args.length() + kwargs.length() + (map == null ? 0 : (long) BOUNDS_BYTES * map.count());
    }
}
