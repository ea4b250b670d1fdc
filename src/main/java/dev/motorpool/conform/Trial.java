package dev.motorpool.conform;

import dev.motorpool.pool.process.ProcessKiller;
import dev.motorpool.runtime.ServiceMark;
import dev.motorpool.runtime.Spawner;
import dev.motorpool.runtime.WorkerCommand;
import dev.motorpool.runtime.WorkerRuntime;
import dev.motorpool.runtime.WorkerShape;
import dev.motorpool.wire.FrameCodec;
import dev.motorpool.wire.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One run of a check: starts its workers, and kills them at its end. Owned by the thread that runs the check. */
final class Trial implements AutoCloseable {

    /** What all checks of a run share. */
    record Parts(
            WorkerRuntime runtime,
            Spawner spawner,
            ProcessKiller killer,
            ServiceMark service,
            ConformOptions options,
            Patience patience,
            int frameLimit,
            FirstHello hello) {}

    static final WorkerShape ONE = new WorkerShape(1, false);

    /** Slots of a worker of many. */
    static final int MANY = 4;

    private final Parts parts;
    private final List<CheckedWorker> workers = new ArrayList<>();

    Trial(Parts parts) {
        this.parts = parts;
    }

    Patience patience() {
        return parts.patience();
    }

    ConformOptions options() {
        return parts.options();
    }

    int frameLimit() {
        return parts.frameLimit();
    }

    int valueLimit() {
        return parts.frameLimit() - FrameCodec.FRAME_OVERHEAD;
    }

    /** A worker of one slot that has said hello. */
    CheckedWorker one() throws UnmetException, IOException, InterruptedException {
        return worker(ONE);
    }

    /** One slot, and what else the worker is for. */
    List<WorkerShape> shapes() {
        List<WorkerShape> shapes = new ArrayList<>(List.of(ONE));
        shapes.addAll(manySlots());
        return shapes;
    }

    /** Shapes of many slots that the worker is for. */
    List<WorkerShape> manySlots() {
        List<WorkerShape> shapes = new ArrayList<>();
        if (parts.options().kinds().contains(ConformOptions.THREAD)) {
            shapes.add(new WorkerShape(MANY, false));
        }
        if (parts.options().kinds().contains(ConformOptions.COROUTINE)) {
            shapes.add(new WorkerShape(MANY, true));
        }
        return shapes;
    }

    /** A worker of a shape that has said hello. */
    CheckedWorker worker(WorkerShape shape) throws UnmetException, IOException, InterruptedException {
        CheckedWorker worker = start(shape, Map.of());
        Message.Hello _ = hello(worker);
        return worker;
    }

    /** A worker of one slot that has said hello with this feature. */
    CheckedWorker with(String feature) throws UnmetException, SkippedException, IOException, InterruptedException {
        return with(feature, Map.of());
    }

    /** As {@link #with(String)}, with these variables. */
    CheckedWorker with(String feature, Map<String, String> variables)
            throws UnmetException, SkippedException, IOException, InterruptedException {
        CheckedWorker worker = start(ONE, variables);
        if (!hello(worker).features().contains(feature)) {
            throw new SkippedException("its hello does not name " + feature);
        }
        return worker;
    }

    /** A process that has just been started. */
    CheckedWorker start(WorkerShape shape, Map<String, String> variables) throws IOException, InterruptedException {
        WorkerCommand command = parts.runtime().command(shape);
        ProcessBuilder builder = new ProcessBuilder(command.command());
        builder.environment().clear();
        builder.environment().putAll(command.environment());
        String mark = parts.service().next();
        builder.environment().put("MOTORPOOL_WORKER", mark);
        builder.environment().putAll(variables);
        CheckedWorker worker = new CheckedWorker(builder, mark, parts);
        workers.add(worker);
        return worker;
    }

    /** The hello, which must come first. */
    Message.Hello hello(CheckedWorker worker) throws UnmetException, InterruptedException {
        Message.Report first =
                worker.any("a hello within the start time", parts.patience().start());
        if (first instanceof Message.Hello hello) {
            parts.hello().offer(hello);
            return hello;
        }
        throw new UnmetException("hello as the first message", Transcript.excerpt(first));
    }

    /** The hello of any worker. */
    Message.Hello hello() throws UnmetException, IOException, InterruptedException {
        Message.Hello known = parts.hello().get();
        return known == null ? hello(start(ONE, Map.of())) : known;
    }

    /** The worker that was started last. */
    @Nullable
    CheckedWorker last() {
        return workers.isEmpty() ? null : workers.getLast();
    }

    @Override
    public void close() {
        workers.forEach(CheckedWorker::close);
    }
}
