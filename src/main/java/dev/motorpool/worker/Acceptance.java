package dev.motorpool.worker;

import dev.motorpool.wire.FrameCodec;
import dev.motorpool.wire.Message;

/**
 * Tells the service which orders this worker has read, before any call among them can start: what it was not told of has
 * not started if this process dies. What has come together is accepted together. Owned by who reads the orders.
 */
final class Acceptance {

    private final FrameCodec.Reader orders;
    private final Reports reports;
    private long accepted;

    Acceptance(FrameCodec.Reader orders, Reports reports) {
        this.orders = orders;
        this.reports = reports;
    }

    /** The service knows, when this returns, that the order which was read last may start. */
    void accept() {
        if (orders.count() > accepted) {
            accepted = orders.received();
            reports.writeThrough(new Message.Accepted(accepted));
        }
    }
}
