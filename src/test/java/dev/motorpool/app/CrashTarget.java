package dev.motorpool.app;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Where the service listens now, if it lives. Told by who starts and kills it, asked by its clients. */
final class CrashTarget {

    /** Null while there is no service. Guarded by this object's monitor. */
    private @Nullable URI uri;

    synchronized void lives(URI at) {
        uri = at;
        notifyAll();
    }

    synchronized void dies() {
        uri = null;
    }

    /** Waits until there is a service. */
    synchronized URI await() throws InterruptedException {
        URI now = uri;
        while (now == null) {
            wait();
            now = uri;
        }
        return now;
    }
}
