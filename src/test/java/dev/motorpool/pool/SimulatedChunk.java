package dev.motorpool.pool;

import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.RawJson;
import dev.motorpool.wire.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * A chunk in a {@link SimulatedWorker}. Its items say what they do: {@code "run 5000 17"} runs 5,000 ns and returns 17,
 * {@code crash} kills the worker, {@code stubborn} never ends and ignores its interrupt. Values are gathered for up to a
 * millisecond, and items that run longer are announced, as docs/protocol.md has it.
 */
final class SimulatedChunk {

    private static final long GATHER_NANOS = 1_000_000;

    final Message.Chunk chunk;
    private final VirtualTime time;
    private final RandomGenerator random;
    private final Consumer<Message.Report> reports;
    private final Runnable crash;
    private final Runnable over;
    private final Consumer<String> began;
    private final ObjLongConsumer<String> finished;

    private int current = -1;
    private int end;
    private boolean dead;
    private int cancelled = -1;
    private long begun;
    private int gatheredFrom;
    private long gatheredNanos;
    private final List<String> gathered = new ArrayList<>();

    SimulatedChunk(
            Message.Chunk chunk,
            VirtualTime time,
            RandomGenerator random,
            Consumer<Message.Report> reports,
            Consumer<String> began,
            ObjLongConsumer<String> finished,
            Runnable crash,
            Runnable over) {
        this.chunk = chunk;
        this.time = time;
        this.random = random;
        this.reports = reports;
        this.began = began;
        this.finished = finished;
        this.crash = crash;
        this.over = over;
        this.end = chunk.items().count();
    }

    /** Item by item: what it does, for how long, and its name. */
    private String[] words(int index) {
        return words(chunk, index);
    }

    static String name(Message.Chunk chunk, int index) {
        return words(chunk, index)[2];
    }

    private static String[] words(Message.Chunk chunk, int index) {
        String item = chunk.items().get(index).toString();
        return item.substring(1, item.length() - 1).split(" ");
    }

    void die() {
        dead = true;
    }

    void next() {
        if (dead) {
            return;
        }
        if (current + 1 >= end) {
            flush();
            current = end;
            dead = true;
            over.run();
            return;
        }
        int index = ++current;
        begun = time.nanoTime();
        String[] words = words(index);
        began.accept(words[2]);
        if (chunk.output()) {
            reports.accept(new Message.Output(chunk.id(), words[2]));
        }
        time.elsewhere(GATHER_NANOS, () -> tick(index));
        switch (words[0]) {
            case "crash" -> time.elsewhere(random.nextLong(100_000), crash);
            case "stubborn" -> {}
            default -> time.elsewhere(Long.parseLong(words[1]), () -> finish(index, false));
        }
        if (cancelled == index) {
            cancel(index);
        }
    }

    private void finish(int index, boolean interrupted) {
        if (dead || index != current) {
            return;
        }
        long nanos = time.nanoTime() - begun;
        if (interrupted) {
            flush();
            reports.accept(
                    new Message.Error(chunk.id(), index, nanos, "function-raised", "Interrupted", "interrupted", ""));
        } else {
            finished.accept(words(index)[2], nanos);
            boolean alone = nanos >= GATHER_NANOS;
            if (alone) {
                flush();
            }
            if (gathered.isEmpty()) {
                gatheredFrom = index;
                time.elsewhere(GATHER_NANOS, this::flush);
            }
            gathered.add(words(index)[2]);
            gatheredNanos += nanos;
            if (alone || random.nextInt(3) == 0) {
                flush();
            }
        }
        next();
    }

    private void tick(int index) {
        if (!dead && index == current) {
            flush();
            reports.accept(new Message.Running(chunk.id(), index));
        }
    }

    private void flush() {
        if (!dead && !gathered.isEmpty()) {
            RawJson values = RawJson.of(gathered.stream().collect(Collectors.joining(",", "[", "]")));
            reports.accept(new Message.Results(chunk.id(), gatheredFrom, gatheredNanos, JsonSlices.elements(values)));
            gathered.clear();
            gatheredNanos = 0;
        }
    }

    void cancel(int index) {
        if (index > current) {
            cancelled = index;
        } else if (index == current && !words(index)[0].equals("stubborn")) {
            time.elsewhere(random.nextLong(100_000), () -> finish(index, true));
        }
    }

    /** The first item that will not run, or -1. */
    int takeBack() {
        flush();
        if (current + 1 >= end) {
            return -1;
        }
        end = current + 1;
        return end;
    }

    /** The name of the item that runs. */
    String running() {
        return words(current)[2];
    }
}
