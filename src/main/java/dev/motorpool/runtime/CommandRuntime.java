package dev.motorpool.runtime;

import dev.motorpool.wire.FrameCodec;
import java.util.List;
import java.util.Map;

/** Workers that are a program of any language, started by a command that the configuration defines. */
public final class CommandRuntime implements WorkerRuntime {

    private final List<String> program;
    private final int frameLimit;
    private final WorkerLaunch launch;

    /** Workers that are never confined. */
    public CommandRuntime(List<String> program, int frameLimit) {
        this(program, frameLimit, WorkerLaunch.ofSystem());
    }

    /**
     * @param program the program and its arguments; looked up in {@code PATH} unless it has a slash
     * @param frameLimit bytes that a frame may have
     */
    public CommandRuntime(List<String> program, int frameLimit, WorkerLaunch launch) {
        if (program.isEmpty()) {
            throw new IllegalArgumentException("a command needs a program");
        }
        this.program = List.copyOf(program);
        this.frameLimit = frameLimit;
        this.launch = launch;
    }

    @Override
    public WorkerCommand command(WorkerShape shape) throws InterruptedException {
        return launch.command(
                program,
                Map.of(
                        "MOTORPOOL_KIND", shape.kind(),
                        "MOTORPOOL_SLOTS", Integer.toString(shape.slots()),
                        "MOTORPOOL_FRAME_LIMIT", Integer.toString(frameLimit),
                        "MOTORPOOL_VALUE_LIMIT", Integer.toString(frameLimit - FrameCodec.FRAME_OVERHEAD)),
                shape.isolation(),
                List.of());
    }
}
