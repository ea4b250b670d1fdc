package dev.motorpool.pool;

import java.time.Duration;

/** A queue and slots in worker processes. Stub: the engine follows. */
public final class Pool {
    public String name() {
        throw new UnsupportedOperationException();
    }

    /** Queues a call, or says why not. */
    public PendingCall submit(CallRequest request) throws RefusedException {
        throw new UnsupportedOperationException();
    }

    /** The pool as it is now; cheap. */
    public PoolView view() {
        throw new UnsupportedOperationException();
    }

    /** Its workers that have not ended, by id. {@code rss_bytes} is read from the system at this moment. */
    public java.util.List<WorkerView> workers() {
        throw new UnsupportedOperationException();
    }

    public void pause() throws RefusedException {
        throw new UnsupportedOperationException();
    }

    public void resume() throws RefusedException {
        throw new UnsupportedOperationException();
    }

    /** Takes no new calls, finishes what it has. Again: does nothing. */
    public void close() {
        throw new UnsupportedOperationException();
    }

    /** Kills the workers now; everything outstanding becomes cancelled. Again: does nothing. */
    public void terminate() {
        throw new UnsupportedOperationException();
    }

    /** Waits until every worker has gone; false if that took longer. Refused (RUNNING) if the pool was never closed. */
    public boolean join(Duration timeout) throws RefusedException, InterruptedException {
        throw new UnsupportedOperationException();
    }

    /** Kills the worker's process; the pool starts another. Empty if there is no such worker. */
    public java.util.Optional<WorkerView> terminateWorker(String id) {
        throw new UnsupportedOperationException();
    }

    /** Takes new settings over (same kind). Answers at once. Refused (CLOSED) when closed or terminated. */
    public void change(PoolSettings settings) throws RefusedException {
        throw new UnsupportedOperationException();
    }
}
