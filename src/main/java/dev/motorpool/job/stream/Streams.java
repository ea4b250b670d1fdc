package dev.motorpool.job.stream;

import dev.motorpool.function.TraceContext;
import dev.motorpool.function.signature.UrlRule;
import dev.motorpool.job.JobError;
import dev.motorpool.job.JobIds;
import dev.motorpool.job.request.CallRefusedException;
import dev.motorpool.job.request.ItemsCall;
import dev.motorpool.job.waited.AdmissionSwitch;
import dev.motorpool.job.waited.LaneOpener;
import dev.motorpool.job.waited.Refusals;
import dev.motorpool.pool.RefusedException;
import dev.motorpool.pool.Tenant;
import org.jspecify.annotations.Nullable;

/** The verbs {@code imap} and {@code imap_unordered}: streams. Nothing is stored. */
public final class Streams {

    private final AdmissionSwitch admission;
    private final JobIds ids;
    private final UrlRule urls;
    private final OpenStreams open;
    private final StreamBudget budget;

    public Streams(AdmissionSwitch admission, JobIds ids, UrlRule urls, OpenStreams open, StreamBudget budget) {
        this.budget = budget;
        this.admission = admission;
        this.ids = ids;
        this.urls = urls;
        this.open = open;
    }

    /**
     * Opens a stream.
     *
     * @param tenant the tenant that owns the job
     * @param caller the caller to whose budget the bytes of the stream count
     * @param fromBody whether the items are those of the call, instead of lines
     * @param trace the trace that the items belong to; null if there is none
     */
    public ItemStream open(Tenant tenant, String caller, ItemsCall call, boolean fromBody, @Nullable TraceContext trace)
            throws CallRefusedException {
        admission.check();
        String at = fromBody ? "/items" : null;
        try {
            return ItemStream.open(
                    ids.next(),
                    open,
                    call,
                    call.spec().verb().equals("imap"),
                    at,
                    urls,
                    LaneOpener.of(call.pool(), tenant, trace),
                    budget,
                    caller);
        } catch (RefusedException refused) {
            throw new CallRefusedException(Refusals.of(refused));
        }
    }

    /** Why no more items may be read; null while they may. */
    public @Nullable JobError refusal() {
        return admission.refusal();
    }
}
