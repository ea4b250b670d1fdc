package dev.motorpool.runtime;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How to start one worker process.
 *
 * @param command program and arguments, the trampoline included that moves the protocol to descriptors 3 (read) and 4
 *     (write), puts the process in a session of its own, and sends standard output where standard error goes
 * @param environment the whole environment of the process
 * @param template the process that the worker is forked from, where that is possible, instead of running the command;
 *     null: it must not be forked
 */
public record WorkerCommand(
        List<String> command,
        Map<String, String> environment,
        @Nullable WorkerTemplate template) {

    /** A worker that is not forked. */
    public WorkerCommand(List<String> command, Map<String, String> environment) {
        this(command, environment, null);
    }

    /** The same worker, forked from this template. */
    WorkerCommand forkedFrom(WorkerTemplate from) {
        return new WorkerCommand(command, environment, from);
    }
}
