package dev.motorpool.worker.program;

import dev.motorpool.function.method.UnfitValueException;
import dev.motorpool.worker.process.Descendants;
import java.io.IOException;
import java.util.UUID;

/** The process of one call, with the two threads that read its output. */
final class RunningProgram {

    /** Each program gets its own value of this, and passes it on to what it starts. */
    private static final String MARK = "MOTORPOOL_PROGRAM";

    /** Time for the rest of the output, which only processes that cannot be found may still hold open. */
    private static final long REST_MILLIS = 2_000;

    private final Process process;
    private final String mark;
    private final int valueLimit;
    private final OutputReader output;
    private final ErrorReader errors;

    private RunningProgram(Process process, String mark, int valueLimit) {
        this.process = process;
        this.mark = mark;
        this.valueLimit = valueLimit;
        this.output = new OutputReader(process.getInputStream(), valueLimit, this::kill);
        this.errors = new ErrorReader(process.getErrorStream());
    }

    static RunningProgram start(ProcessBuilder builder, int valueLimit) throws IOException {
        String mark = UUID.randomUUID().toString();
        builder.environment().put(MARK, mark);
        RunningProgram running = new RunningProgram(builder.start(), mark, valueLimit);
        running.output.start();
        running.errors.start();
        return running;
    }

    /** Waits for the end of the program, and ends with it all that it has started. Returns its output. */
    byte[] await() throws ProgramFailedException, UnfitValueException, InterruptedException {
        int status;
        try {
            status = process.waitFor();
        } catch (InterruptedException cancelled) {
            killAll();
            throw cancelled;
        }
        killAll();
        output.join(REST_MILLIS);
        errors.join(REST_MILLIS);
        if (output.isTooMuch()) {
            throw tooLarge(valueLimit);
        }
        if (status != 0) {
            throw new ProgramFailedException(status, errors.lastLines());
        }
        return output.bytes();
    }

    /** Kills the program, its session, and what has left that. */
    private void killAll() {
        kill();
        Descendants.killMarked(MARK, mark);
    }

    /** Kills the program and its session. */
    private void kill() {
        if (!CommandLine.hasSession()) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
        }
        // Before its session: it may not have made that yet.
        process.toHandle().destroyForcibly();
        if (CommandLine.hasSession()) {
            Descendants.killSession(process.pid());
        }
    }

    static UnfitValueException tooLarge(int limit) {
        return new UnfitValueException(
                UnfitValueException.Problem.TOO_LARGE, "The value is larger than " + limit + " bytes as JSON.");
    }
}
