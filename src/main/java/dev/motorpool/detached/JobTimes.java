package dev.motorpool.detached;

import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.store.Schedule;
import dev.motorpool.detached.time.RelativeTimes;
import java.time.Clock;

/** When jobs start and expire: the times that are relative, and the schedule that is woken for the next one. */
final class JobTimes {

    private final RelativeTimes starts;
    private final RelativeTimes expiries;
    private final Schedule schedule;

    /** @param steady runs on when the other clock is set */
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

    /** Wakes the schedule for the later start and the expiry of the job, if it has them. */
    void wakeFor(StoredJob job) {
        if (job.dueAt() != null) {
            schedule.wakeBy(job.dueAt());
        }
        if (job.expiresAt() != null) {
            schedule.wakeBy(job.expiresAt());
        }
    }
}
