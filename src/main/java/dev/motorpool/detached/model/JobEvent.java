package dev.motorpool.detached.model;

import dev.motorpool.json.RawJson;
import java.nio.ByteBuffer;
import java.util.List;

/** An event of a job. */
public sealed interface JobEvent {

    /** Its state has changed. */
    record State(JobView job) implements JobEvent {}

    /**
     * Its progress has changed.
     *
     * @param attempt the attempt that reports it
     */
    record Progress(int attempt, RawJson progress) implements JobEvent {}

    /**
     * It has printed something.
     *
     * @param attempt the attempt that has printed it
     * @param text the inside of a JSON string, in pieces that all listeners share; never written to
     * @param dropped bytes printed before the text that the listener has not read in time and that are not kept any more
     */
    record Output(int attempt, List<ByteBuffer> text, long dropped) implements JobEvent {}
}
