package dev.motorpool.worker;

import dev.motorpool.wire.Message;

/** Sends the worker's reports. Thread-safe. */
interface Reports {

    /**
     * Sends a report. If reports can no longer be read, the service has gone: this then ends the process instead of
     * failing.
     */
    void write(Message.Report report);

    /** Sends a report, and returns when it and all before it are in the pipe. */
    void writeThrough(Message.Report report);
}
