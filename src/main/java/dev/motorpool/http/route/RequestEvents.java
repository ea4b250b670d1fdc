package dev.motorpool.http.route;

/** Listens for requests that the filter has answered itself. Called by the threads of requests; must not block. */
public interface RequestEvents {

    /** The template of requests whose path is not part of the API. */
    String NO_TEMPLATE = "UNKNOWN";

    /**
     * A request has been answered.
     *
     * @param method as the client wrote it
     * @param template of the path, such as {@code /v1/jobs/{id}}, or {@link #NO_TEMPLATE}
     * @param status of the answer
     * @param nanos from the end of the request's head to the end of the answer
     */
    void answered(String method, String template, int status, long nanos);

    /** A request was refused because of this limit of its tenant. */
    default void tenantRefused(String tenant, String limit) {}
}
