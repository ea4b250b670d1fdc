package dev.motorpool.runtime;

import java.util.List;
import java.util.Map;

/**
 * How to start one worker process.
 *
 * @param command program and arguments, the trampoline included that moves the protocol to descriptors 3 (read) and 4
 *     (write), puts the process in a session of its own, and sends standard output where standard error goes
 * @param environment the whole environment of the process
 */
public record WorkerCommand(List<String> command, Map<String, String> environment) {}
