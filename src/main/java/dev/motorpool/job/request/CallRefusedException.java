package dev.motorpool.job.request;

import dev.motorpool.job.JobError;

/** A request is refused, and nothing has happened. Without a stack trace, as it is an answer and not a defect. */
public final class CallRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient JobError error;

    public CallRefusedException(JobError error) {
        super(error.message(), null, false, false);
        this.error = error;
    }

    public JobError error() {
        return error;
    }
}
