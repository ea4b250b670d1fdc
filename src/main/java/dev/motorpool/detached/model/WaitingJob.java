package dev.motorpool.detached.model;

import dev.motorpool.json.RawJson;

/** A queued job with all that is needed to run it. */
public record WaitingJob(StoredJob job, RawJson args, RawJson kwargs) {

    /** Two integers for each item of a map: where it begins and ends. */
    private static final int BOUNDS_BYTES = 2 * Integer.BYTES;

    /** About what it takes in memory beside its record: the bounds of a map's items, too, once it is open. */
    public long bytes() {
        NewJob.MapShape map = job.map();
        return job.bytes() + args.length() + kwargs.length() + (map == null ? 0 : (long) BOUNDS_BYTES * map.count());
    }
}
