package dev.motorpool.worker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.wire.FrameCodec;
import dev.motorpool.wire.FrameCodec.GrowingBuffer;
import dev.motorpool.wire.Message;
import java.io.IOException;
import java.io.OutputStream;

/** Writes each report to the pipe before {@link #write} returns, as a worker of one slot must before its next call. */
final class DirectReports implements Reports {

    private final OutputStream out;
    private final ProcessExit processExit;

    @GuardedBy("this")
    private final GrowingBuffer buffer = new GrowingBuffer();

    DirectReports(OutputStream out, ProcessExit processExit) {
        this.out = out;
        this.processExit = processExit;
    }

    @Override
    public synchronized void write(Message.Report report) {
        FrameCodec.encode(report, buffer);
        try {
            buffer.drainTo(out);
        } catch (IOException gone) {
            processExit.atOnce();
        }
    }

    @Override
    public void writeThrough(Message.Report report) {
        write(report);
    }
}
