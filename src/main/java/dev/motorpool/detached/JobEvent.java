package dev.motorpool.detached;

import dev.motorpool.json.RawJson;

/** Something that happens to a job. */
public sealed interface JobEvent {

    /** Its state has changed. */
    record State(JobView job) implements JobEvent {}

    /** It is this far. */
    record Progress(RawJson progress) implements JobEvent {}

    /** It has printed this. */
    record Output(String text) implements JobEvent {}
}
