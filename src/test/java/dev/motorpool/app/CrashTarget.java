package dev.motorpool.app;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/** The current address of the service, if it runs. Set by the thread that starts and kills it, read by its clients. */
final class CrashTarget {

    /** Null while no service runs. Guarded by this object's monitor. */
    private @Nullable URI uri;

    synchronized void lives(URI at) {
        uri = at;
        notifyAll();
    }

    synchronized void dies() {
        uri = null;
    }

    /** Waits until a service runs. */
    synchronized URI await() throws InterruptedException {
        URI now = uri;
        while (now == null) {
            wait();
            now = uri;
        }
        return now;
    }
}
