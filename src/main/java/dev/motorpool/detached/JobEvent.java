package dev.motorpool.detached;

import dev.motorpool.json.RawJson;

/** Something that happens to a job. */
public sealed interface JobEvent {

    /** Its state has changed. */
    record State(JobView job) implements JobEvent {}

    /**
     * It is this far.
     *
     * @param attempt the attempt that reports it
     */
    record Progress(int attempt, RawJson progress) implements JobEvent {}

    /**
     * It has printed this.
     *
     * @param attempt the attempt that has printed it
     */
    record Output(int attempt, String text) implements JobEvent {}
}
