package dev.motorpool.pool;

import dev.motorpool.json.RawJson;
import dev.motorpool.wire.FrameCodec;
import dev.motorpool.wire.Message;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

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

        void died(SimulatedWorker worker);
    }

    private final VirtualTime time;
    private final RandomGenerator random;
    private final boolean sequential;
    private final Observer observer;
    private final Listener listener;
    private final double startFailure;
    private final long longestDelay;

    private boolean dead;
    private boolean alive;
    private boolean stopping;
    private long inboundAt;
    private long outboundAt;
    private final ArrayDeque<Message.Call> backlog = new ArrayDeque<>();
    /** Calls that run, and whether each ignores its interrupt. */
    private final Map<Long, Boolean> running = new LinkedHashMap<>();

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
        this.sequential = sequential;
        this.startFailure = startFailure;
        this.longestDelay = longestDelay;
        this.observer = observer;
        this.listener = listener;
    }

    @Override
    public void start() {
        time.after(delay(), () -> {
            if (dead) {
                end(9 + 128);
            } else if (random.nextDouble() < startFailure) {
                dead = true;
                end(1);
            } else {
                alive = true;
                listener.spawned(ProcessHandle.current());
                report(new Message.Hello(FrameCodec.VERSION, RawJson.EMPTY_ARRAY));
            }
        });
    }

    @Override
    public void send(Message.Order order) {
        inboundAt = Math.max(inboundAt, time.nanoTime() + delay());
        time.after(inboundAt - time.nanoTime(), () -> {
            if (!dead) {
                receive(order);
            }
        });
    }

    @Override
    public void kill() {
        time.after(delay(), () -> die(9 + 128));
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
            observer.died(this);
            if (alive) {
                end(value);
            }
        }
    }

    private void end(int value) {
        // What is in the pipe is read before its end.
        outboundAt = Math.max(outboundAt, time.nanoTime() + delay());
        time.after(outboundAt - time.nanoTime(), () -> listener.ended(ExitStatus.of(value, false), null, ""));
    }

    private void report(Message.Report report) {
        outboundAt = Math.max(outboundAt, time.nanoTime() + delay());
        time.after(outboundAt - time.nanoTime(), () -> listener.received(List.of(report)));
    }

    private void receive(Message.Order order) {
        switch (order) {
            case Message.Call call -> {
                backlog.add(call);
                runNext();
            }
            case Message.Chunk chunk -> throw new UnsupportedOperationException();
            case Message.Cancel(long id, int index) -> {
                if (Boolean.FALSE.equals(running.get(id))) {
                    time.after(delay(), () -> finish(id, true));
                }
            }
            case Message.Drop(List<Long> ids) -> {
                List<Long> dropped = backlog.stream()
                        .map(Message.Call::id)
                        .filter(ids::contains)
                        .toList();
                backlog.removeIf(call -> ids.contains(call.id()));
                report(new Message.Dropped(dropped, Collections.nCopies(dropped.size(), 0)));
            }
            case Message.Stop stop -> {
                stopping = true;
                exitIfDone();
            }
        }
    }

    private void runNext() {
        while (!dead && !backlog.isEmpty() && (!sequential || running.isEmpty())) {
            Message.Call call = backlog.poll();
            boolean stubborn = call.function().equals("stubborn");
            running.put(call.id(), stubborn);
            observer.started(this, call.id());
            if (call.function().equals("crash")) {
                time.after(random.nextLong(100_000), this::crash);
            } else if (!stubborn) {
                long nanos = Long.parseLong(call.args().toString().replaceAll("\\D", ""));
                time.after(nanos, () -> finish(call.id(), false));
            }
        }
    }

    private void finish(long id, boolean interrupted) {
        if (!dead && running.remove(id) != null) {
            observer.stopped(this, id);
            report(
                    interrupted
                            ? new Message.Error(
                                    id, 0, 1, "function-raised", "java.lang.InterruptedException", "interrupted", "")
                            : new Message.Result(id, 1_000, RawJson.of(Long.toString(id))));
            runNext();
            exitIfDone();
        }
    }

    private void exitIfDone() {
        if (stopping && running.isEmpty() && backlog.isEmpty()) {
            die(0);
        }
    }

    private long delay() {
        return random.nextInt(4) == 0 ? random.nextLong(longestDelay) : random.nextLong(1 + longestDelay / 20);
    }
}
