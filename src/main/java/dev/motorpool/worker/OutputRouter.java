package dev.motorpool.worker;

import org.jspecify.annotations.Nullable;

/** Captures the output of the calls for which the service wants it. A worker without such calls pays nothing for it. */
final class OutputRouter {

    private final Reports reports;

    /** Created with the first such call; written under this object's monitor, read by any thread. */
    private volatile @Nullable PrintRoutes routes;

    OutputRouter(Reports reports) {
        this.reports = reports;
    }

    /** Captures the output of the call from now on, until it is closed; called on the thread that runs it. */
    CallOutput open(long id) {
        PrintRoutes known = routes;
        return (known == null ? install() : known).open(id);
    }

    /** Replaces the standard streams now: what loads before the first call may keep them, as loggers do. */
    void prepare() {
        install();
    }

    private synchronized PrintRoutes install() {
        PrintRoutes known = routes;
        if (known == null) {
            known = new PrintRoutes(reports);
            known.install();
            routes = known;
        }
        return known;
    }

    /** Sends the output of the running calls so far. */
    void flush() {
        PrintRoutes known = routes;
        if (known != null) {
            known.flush();
        }
    }
}
