package dev.motorpool.detached;

import dev.motorpool.json.RawJson;

/** What happens to a job. */
public sealed interface JobEvent {
    record State(JobView job) implements JobEvent {}

    record Progress(RawJson progress) implements JobEvent {}

    record Output(String text) implements JobEvent {}
}
