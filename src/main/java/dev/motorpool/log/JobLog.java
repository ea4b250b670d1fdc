package dev.motorpool.log;

import dev.motorpool.detached.commit.JobListener;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.job.JobState;
import dev.motorpool.json.JsonStrings;
import dev.motorpool.json.MalformedJsonException;
import dev.motorpool.json.MemberNames;
import dev.motorpool.json.RawJson;
import dev.motorpool.json.StrictJson;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Logs the ends of detached jobs, and passes all events on. Only the types of errors are logged: the message comes from
 * the function, and may contain what the client sent.
 */
public final class JobLog implements JobListener, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(JobLog.class);
    private static final MemberNames TYPE = MemberNames.of("type");

    private final JobListener next;
    private final PoolRefusals refusals = new PoolRefusals(LOG, "Jobs refused");

    public JobLog(JobListener next) {
        this.next = next;
    }

    @Override
    public void jobEnded(StoredJob job) {
        boolean failed = job.state() == JobState.FAILED;
        Level level = failed ? Level.INFO : Level.DEBUG;
        if (LOG.isEnabledForLevel(level)) {
            LoggingEventBuilder line = of(LOG.atLevel(level), job);
            if (failed) {
                line.addKeyValue("error_type", type(job.error())).log("Job failed");
            } else {
                line.addKeyValue("state", job.state().word()).log("Job ended");
            }
        }
        next.jobEnded(job);
    }

    @Override
    public void jobSubmitted(StoredJob job) {
        next.jobSubmitted(job);
    }

    @Override
    public void tenantRefused(String tenant, String limit) {
        next.tenantRefused(tenant, limit);
    }

    @Override
    public void jobRetried(StoredJob job) {
        of(LOG.atDebug(), job).log("Job is retried");
        next.jobRetried(job);
    }

    private static LoggingEventBuilder of(LoggingEventBuilder line, StoredJob job) {
        return line.addKeyValue("job", job.id())
                .addKeyValue("pool", job.spec().pool())
                .addKeyValue("function", job.spec().function())
                .addKeyValue("attempt", job.attempt());
    }

    private static String type(@Nullable RawJson error) {
        try {
            RawJson type =
                    error == null ? null : StrictJson.members(error, TYPE).get("type");
            return type == null ? "unknown" : JsonStrings.decode(type);
        } catch (MalformedJsonException never) {
            return "unknown"; // the service wrote the error
        }
    }

    @Override
    public void jobRefused(String pool, String reason) {
        refusals.add(pool, reason);
        next.jobRefused(pool, reason);
    }

    @Override
    public void committed(int changes, long nanos) {
        next.committed(changes, nanos);
    }

    @Override
    public void commitFailed() {
        next.commitFailed();
    }

    /** Logs the remaining counts. */
    @Override
    public void close() {
        refusals.close();
    }
}
