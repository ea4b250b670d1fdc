package dev.motorpool.detached;

import dev.motorpool.json.RawJson;

/** A queued job with all that is needed to run it. */
public record WaitingJob(StoredJob job, RawJson args, RawJson kwargs) {

    /** About what it takes in memory beside its record. */
    public long bytes() {
        return (long) args.length() + kwargs.length();
    }
}
