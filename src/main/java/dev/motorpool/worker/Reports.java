package dev.motorpool.worker;

import dev.motorpool.wire.Message;

/** The way out of the worker, open to all of its threads. */
interface Reports {

    /**
     * Sends a report. A worker whose reports nobody can read any more has lost its service: this then ends the process
     * instead of failing.
     */
    void write(Message.Report report);

    /** Sends a report, and returns when it and all before it are in the pipe. */
    void writeThrough(Message.Report report);
}
