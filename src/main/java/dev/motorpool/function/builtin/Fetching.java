package dev.motorpool.function.builtin;

import dev.motorpool.function.CallContext;
import dev.motorpool.function.Function;
import dev.motorpool.function.Param;
import dev.motorpool.function.Workload;
import org.jspecify.annotations.Nullable;

/** The function that fetches pages. */
public final class Fetching {

    /**
     * What came back.
     *
     * @param length bytes of the body as it was sent
     * @param sha256 SHA-256 of these bytes, in hexadecimal
     */
    public record Page(int status, long length, @Nullable String contentType, String sha256) {}

    /** Made by the first call: a worker that never fetches does not load the client. */
    private static final class Shared {
        static final PageFetcher FETCHER = PageFetcher.fromSystemProperties();
    }

    @Function(
            description =
                    "Fetches a page by GET and returns its status, length, content type and SHA-256. Redirects are"
                            + " not followed; a page above the limit is an error.",
            workload = Workload.IO)
    public static Page fetch(
            @Param(description = "An http or https URL of a global address.", url = true, maxLength = 8192) String url,
            CallContext call)
            throws Exception {
        return Shared.FETCHER.fetch(url, call.traceContext());
    }

    private Fetching() {}
}
