package dev.motorpool.job.waited;

import dev.motorpool.job.JobError;
import dev.motorpool.job.request.CallRefusedException;
import org.jspecify.annotations.Nullable;

/** Whether new calls are accepted. Open from the start; closed once, when the service stops. */
public final class AdmissionSwitch {

    /** Why new calls are refused; null while they are accepted. Written by {@link #close}, read by every call. */
    private volatile @Nullable String closed;

    /** From now on every new call is refused as {@code unavailable}. */
    public void close(String reason) {
        closed = reason;
    }

    public boolean isOpen() {
        return closed == null;
    }

    /** Why new calls are refused; null while they are accepted. */
    public @Nullable JobError refusal() {
        String reason = closed;
        return reason == null ? null : JobError.unavailable(reason);
    }

    /** Throws if new calls are refused. */
    public void check() throws CallRefusedException {
        JobError refusal = refusal();
        if (refusal != null) {
            throw new CallRefusedException(refusal);
        }
    }
}
