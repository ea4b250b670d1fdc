package dev.motorpool.job;

/** What was asked is not done, and nothing has happened. Without a stack trace: it is an answer, not a defect. */
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
