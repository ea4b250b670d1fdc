package dev.motorpool.job;

import org.jspecify.annotations.Nullable;

/** Whether new calls are taken. Open from the start; closed once, when the service is told to stop. */
public final class AdmissionSwitch {

    /** Why no more calls are taken; null while they are. Written by {@link #close}, read by every call. */
    private volatile @Nullable String closed;

    /** From now on every new call is refused as {@code unavailable}. */
    public void close(String reason) {
        closed = reason;
    }

    public boolean isOpen() {
        return closed == null;
    }

    /** Why no more calls are taken; null while they are. */
    public @Nullable JobError refusal() {
        String reason = closed;
        return reason == null ? null : JobError.unavailable(reason);
    }

    /** Refuses what would be a new call while none are taken. */
    public void check() throws CallRefusedException {
        JobError refusal = refusal();
        if (refusal != null) {
            throw new CallRefusedException(refusal);
        }
    }
}
