package dev.motorpool.pool;

import dev.motorpool.json.RawJson;
import dev.motorpool.pool.process.ExitStatus;
import dev.motorpool.pool.process.WorkerLink;
import dev.motorpool.wire.FrameCodec;
import dev.motorpool.wire.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * A worker in virtual time, with random delays at every step: spawn, pipe, interrupt, death. It obeys the protocol as
 * docs/protocol.md has it. Not a real process, because thousands of races, each with its own delays, need time that can
 * be moved; the same races with real processes are in the pool semantics tests.
 */
final class SimulatedWorker implements WorkerLink {

    /** What the simulation wants to know. */
    interface Observer {
        void started(SimulatedWorker worker, long callId);

        void stopped(SimulatedWorker worker, long callId);

        /** A call has ended by itself after so long. */
        void finished(SimulatedWorker worker, long callId, long nanos);

        /** An item of a chunk has ended by itself after so long. */
        void finished(SimulatedWorker worker, String item, long nanos);

        /** An item of a chunk has started, perhaps not for the first time. */
        void began(SimulatedWorker worker, String item);

        /**
         * The worker is no more.
         *
         * @param items those that ran in it
         */
        void died(SimulatedWorker worker, List<String> items);
    }

    /**
     * A call that runs.
     *
     * @param stubborn whether it ignores its interrupt
     */
    private record Run(boolean stubborn, long begun) {}

    private final VirtualTime time;
    private final RandomGenerator random;
    private final boolean sequential;
    private final Observer observer;
    private final Listener listener;
    private final double startFailure;
    private final long longestDelay;

    /** Whether it says what it has read before that can start. */
    private final boolean accepts;
    /** Whether it stores that instead of sending it. */
    private final boolean stores;

    private long sent;
    private long stored;
    private boolean dead;
    private boolean alive;
    private boolean stopping;
    private long inboundAt;
    private long outboundAt;
    /** Calls and chunks. */
    private final ArrayDeque<Object> backlog = new ArrayDeque<>();
    /** Calls that run. */
    private final Map<Long, Run> running = new LinkedHashMap<>();

    /** Chunks on their way to this worker. */
    private final List<Message.Order> unread = new ArrayList<>();
    /** Chunks that run. */
    private final Map<Long, SimulatedChunk> chunks = new LinkedHashMap<>();

    SimulatedWorker(
            VirtualTime time,
            RandomGenerator random,
            boolean sequential,
            double startFailure,
            long longestDelay,
            Observer observer,
            Listener listener) {
        this.time = time;
        this.random = random;
        this.accepts = longestDelay % 4 > 0;
        this.stores = longestDelay % 4 > 1;
        this.sequential = sequential;
        this.startFailure = startFailure;
        this.longestDelay = longestDelay;
        this.observer = observer;
        this.listener = listener;
    }

    @Override
    public void start() {
        time.atPipe(delay(), () -> {
            if (dead) {
                end(9 + 128);
            } else if (random.nextDouble() < startFailure) {
                dead = true;
                end(1);
            } else {
                alive = true;
                listener.spawned(ProcessHandle.current());
                report(new Message.Hello(
                        FrameCodec.VERSION,
                        RawJson.EMPTY_ARRAY,
                        accepts ? List.of(Message.Hello.ACCEPTED, Message.Hello.PING) : List.of()));
            }
        });
    }

    @Override
    public long send(Message.Order order) {
        long number = ++sent;
        inboundAt = Math.max(inboundAt, time.nanoTime() + delay());
        if (order instanceof Message.Chunk) {
            unread.add(order);
            if (dead) {
                observer.died(this, victims());
            }
        }
        time.atPipe(inboundAt - time.nanoTime(), () -> {
            if (!dead) {
                unread.remove(order);
                if (stores) {
                    stored = number;
                } else if (accepts) {
                    outboundAt = Math.max(outboundAt, time.nanoTime());
                    time.after(
                            outboundAt - time.nanoTime(),
                            () -> listener.received(List.of(new Message.Accepted(number))));
                }
                receive(order);
            }
        });
        return number;
    }

    @Override
    public long accepted() {
        return stores ? stored : 0;
    }

    @Override
    public void kill() {
        time.elsewhere(delay(), () -> die(9 + 128));
    }

    /** Dies of itself, as by a crash. */
    void crash() {
        die(6 + 128);
    }

    boolean living() {
        return alive && !dead;
    }

    private void die(int value) {
        if (!dead) {
            dead = true;
            observer.died(this, victims());
            chunks.values().forEach(SimulatedChunk::die);
            if (alive) {
                end(value);
            }
        }
    }

    private void end(int value) {
        // What is in the pipe is read before its end.
        outboundAt = Math.max(outboundAt, time.nanoTime() + delay());
        time.atPipe(outboundAt - time.nanoTime(), () -> listener.ended(ExitStatus.of(value, false), null, ""));
    }

    private void report(Message.Report report) {
        outboundAt = Math.max(outboundAt, time.nanoTime() + delay());
        time.atPipe(outboundAt - time.nanoTime(), () -> listener.received(List.of(report)));
    }

    private void receive(Message.Order order) {
        switch (order) {
            case Message.Call call -> {
                backlog.add(call);
                runNext();
            }
            case Message.Chunk chunk -> {
                backlog.add(chunk);
                runNext();
            }
            case Message.Cancel(long id, int index) -> {
                SimulatedChunk chunk = chunks.get(id);
                if (chunk != null) {
                    chunk.cancel(index);
                } else {
                    Run run = running.get(id);
                    if (run != null && !run.stubborn()) {
                        time.elsewhere(delay(), () -> finish(id, true));
                    }
                }
            }
            case Message.Drop(List<Long> ids) -> {
                List<Long> dropped = new ArrayList<>(backlog.stream()
                        .map(SimulatedWorker::id)
                        .filter(ids::contains)
                        .toList());
                backlog.removeIf(each -> ids.contains(id(each)));
                List<Integer> from = new ArrayList<>(Collections.nCopies(dropped.size(), 0));
                for (SimulatedChunk chunk : chunks.values()) {
                    if (ids.contains(chunk.chunk.id())) {
                        int first = chunk.takeBack();
                        if (first >= 0) {
                            dropped.add(chunk.chunk.id());
                            from.add(first);
                        }
                    }
                }
                report(new Message.Dropped(dropped, from));
            }
            case Message.Ping ping -> report(new Message.Pong());
            case Message.Fork fork -> throw new AssertionError("only a template forks");
            case Message.Opened opened -> throw new AssertionError("only a template forks");
            case Message.Stop stop -> {
                stopping = true;
                exitIfDone();
            }
        }
    }

    private void runNext() {
        while (!dead && !backlog.isEmpty() && (!sequential || idle())) {
            Object order = backlog.remove();
            if (order instanceof Message.Chunk chunk) {
                run(chunk);
                continue;
            }
            Message.Call call = (Message.Call) order;
            boolean stubborn = call.function().equals("stubborn");
            running.put(call.id(), new Run(stubborn, time.nanoTime()));
            observer.started(this, call.id());
            if (call.output()) {
                report(new Message.Progress(call.id(), 1, 2, ""));
                report(new Message.Output(call.id(), Long.toString(call.id())));
            }
            if (call.function().equals("crash")) {
                time.elsewhere(random.nextLong(100_000), this::crash);
            } else if (!stubborn) {
                long nanos = Long.parseLong(call.args().toString().replaceAll("\\D", ""));
                time.elsewhere(nanos, () -> finish(call.id(), false));
            }
        }
    }

    /** Items that run, and those that would have run next: the service cannot know that they have not begun. */
    private List<String> victims() {
        List<String> victims = new ArrayList<>();
        chunks.values().forEach(chunk -> victims.add(chunk.running()));
        Stream.concat(backlog.stream(), unread.stream())
                .filter(Message.Chunk.class::isInstance)
                .map(Message.Chunk.class::cast)
                .forEach(chunk -> victims.add(SimulatedChunk.name(chunk, 0)));
        return victims;
    }

    private boolean idle() {
        return running.isEmpty() && chunks.isEmpty();
    }

    private static long id(Object order) {
        return order instanceof Message.Call call ? call.id() : ((Message.Chunk) order).id();
    }

    private void run(Message.Chunk chunk) {
        SimulatedChunk simulated = new SimulatedChunk(
                chunk,
                time,
                random,
                this::report,
                item -> observer.began(this, item),
                (item, nanos) -> observer.finished(this, item, nanos),
                this::crash,
                () -> {
                    chunks.remove(chunk.id());
                    runNext();
                    exitIfDone();
                });
        chunks.put(chunk.id(), simulated);
        simulated.next();
    }

    private void finish(long id, boolean interrupted) {
        Run run = dead ? null : running.remove(id);
        if (run != null) {
            long nanos = time.nanoTime() - run.begun();
            observer.stopped(this, id);
            if (!interrupted) {
                observer.finished(this, id, nanos);
            }
            report(
                    interrupted
                            ? new Message.Error(
                                    id,
                                    0,
                                    nanos,
                                    "function-raised",
                                    "java.lang.InterruptedException",
                                    "interrupted",
                                    "")
                            : new Message.Result(id, nanos, RawJson.of(Long.toString(id))));
            runNext();
            exitIfDone();
        }
    }

    private void exitIfDone() {
        if (stopping && idle() && backlog.isEmpty()) {
            die(0);
        }
    }

    private long delay() {
        return random.nextInt(4) == 0 ? random.nextLong(longestDelay) : random.nextLong(1 + longestDelay / 20);
    }
}
