package dev.motorpool.worker;

import org.jspecify.annotations.Nullable;

/** What calls print, where the service wants to have it. A worker that never has such a call pays nothing for it. */
final class OutputRouter {

    private final Reports reports;

    /** Made with the first such call; written under this object's monitor, read by any thread. */
    private volatile @Nullable PrintRoutes routes;

    OutputRouter(Reports reports) {
        this.reports = reports;
    }

    /** What the call prints from now on is gathered, until it is closed; on the thread that runs it. */
    CallOutput open(long id) {
        PrintRoutes known = routes;
        return (known == null ? install() : known).open(id);
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

    /** Sends what the calls that run have printed so far. */
    void flush() {
        PrintRoutes known = routes;
        if (known != null) {
            known.flush();
        }
    }
}
