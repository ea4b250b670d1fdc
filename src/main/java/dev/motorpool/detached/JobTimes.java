package dev.motorpool.detached;

import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.store.Schedule;
import dev.motorpool.detached.time.RelativeTimes;
import java.time.Clock;

/** Start and expiry times of jobs: tracks the relative ones, and wakes the schedule for the next one. */
final class JobTimes {

    private final RelativeTimes starts;
    private final RelativeTimes expiries;
    private final Schedule schedule;

    /** @param steady keeps running when the system clock is set */
    JobTimes(Clock clock, Clock steady, Schedule schedule) {
        this.starts = new RelativeTimes(clock, steady);
        this.expiries = new RelativeTimes(clock, steady);
        this.schedule = schedule;
    }

    RelativeTimes starts() {
        return starts;
    }

    RelativeTimes expiries() {
        return expiries;
    }

    /** Wakes the schedule for the job's later start and expiry, if any. */
    void wakeFor(StoredJob job) {
        if (job.dueAt() != null) {
            schedule.wakeBy(job.dueAt());
        }
        if (job.expiresAt() != null) {
            schedule.wakeBy(job.expiresAt());
        }
    }
}
