package dev.motorpool.bench;

import dev.motorpool.detached.model.AttemptEnd;
import dev.motorpool.detached.model.JobFilter;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.model.WaitingJob;
import dev.motorpool.detached.store.JobStore;
import dev.motorpool.job.Attempt;
import dev.motorpool.job.Callbacks;
import dev.motorpool.job.JobIds;
import dev.motorpool.job.JobSpec;
import dev.motorpool.job.JobState;
import dev.motorpool.json.RawJson;
import dev.motorpool.store.sqlite.SqliteJobStore;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Costs of the store itself: jobs per second by group size, compared with the time of a bare {@code fsync}, and lists
 * over many jobs. Arguments: a directory on the disk to measure, and the number of jobs for the lists.
 */
final class StoreBench {

    private static final RawJson ARGS = RawJson.of("[\"some short text\"]");
    private static final RawJson VALUE = RawJson.of("\"some short text\"");
    private static final JobIds IDS = new JobIds(Clock.systemUTC());
    private static final Duration MEASURED = Duration.ofSeconds(3);

    private StoreBench() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        int many = Integer.parseInt(arguments[1]);
        System.out.printf("fsync of 4 KiB: %.0f us%n", fsyncMicros(directory));
        Path file = directory.resolve("motorpool.db");
        for (Path old : List.of(file, Path.of(file + "-wal"), Path.of(file + "-shm"))) {
            Files.deleteIfExists(old);
        }
        long opening = System.nanoTime();
        SqliteJobStore store = SqliteJobStore.open(file);
        System.out.printf("first start: %d ms%n", (System.nanoTime() - opening) / 1_000_000);
        try {
            group(store, 1000, Duration.ofSeconds(5), false); // warm up
            for (int size : new int[] {1, 10, 100, 1000}) {
                Rate two = group(store, size, MEASURED, false);
                Rate three = group(store, size, MEASURED, true);
                System.out.printf(
                        "groups of %4d: insert + succeed %.0f jobs/s (%.1f us of a processor each),"
                                + " insert + start + succeed %.0f jobs/s (%.1f us)%n",
                        size, two.perSecond, two.cpuMicros, three.perSecond, three.cpuMicros);
            }
            fill(store, many);
            lists(store);
            waiting(store, 100_000);
            forget(store);
        } finally {
            store.close();
        }
        System.out.printf("file: %d MiB%n", Files.size(file) >> 20);
        opening = System.nanoTime();
        SqliteJobStore.open(file).close();
        System.out.printf("start with current tables: %d ms%n", (System.nanoTime() - opening) / 1_000_000);
    }

    private static double fsyncMicros(Path directory) throws IOException {
        Path file = directory.resolve("fsync");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            int rounds = 500;
            long begin = System.nanoTime();
            for (int i = 0; i < rounds; i++) {
                channel.write(ByteBuffer.allocate(4096));
                channel.force(false);
            }
            return (System.nanoTime() - begin) / 1e3 / rounds;
        } finally {
            Files.delete(file);
        }
    }

    private record Rate(double perSecond, double cpuMicros) {}

    /** Each transaction inserts a group of jobs and ends those of the previous one. */
    private static Rate group(JobStore store, int size, Duration during, boolean started) throws Exception {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long cpuBegin = threads.getCurrentThreadCpuTime();
        long begin = System.nanoTime();
        long done = 0;
        List<UUID> before = List.of();
        while (System.nanoTime() - begin < during.toNanos()) {
            List<WaitingJob> jobs = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                jobs.add(job(Map.of()));
            }
            List<UUID> ends = before;
            store.write(tables -> {
                for (WaitingJob job : jobs) {
                    tables.insert(job, null);
                }
                if (started) {
                    for (WaitingJob job : jobs) {
                        tables.start(job.id(), attempt(null), 1_000);
                    }
                }
                for (UUID id : ends) {
                    tables.succeed(id, end(), VALUE);
                }
            });
            done += before.size();
            before = jobs.stream().map(WaitingJob::id).toList();
        }
        return new Rate(
                done * 1e9 / (System.nanoTime() - begin), (threads.getCurrentThreadCpuTime() - cpuBegin) / 1e3 / done);
    }

    private static WaitingJob job(Map<String, String> tags) {
        JobSpec spec = new JobSpec(
                "apply_async",
                "echo",
                "processes",
                null,
                null,
                0,
                tags,
                0,
                Duration.ofSeconds(1),
                Duration.ofDays(1),
                null,
                Callbacks.NONE);
        StoredJob job = StoredJob.submitted(IDS.next(), "default", spec, Instant.now(), null, null);
        return new WaitingJob(job, ARGS, RawJson.EMPTY_OBJECT);
    }

    private static Attempt attempt(@Nullable Instant end) {
        return new Attempt(1, Instant.now(), end, "processes-1", 4242, null);
    }

    private static AttemptEnd end() {
        return new AttemptEnd(attempt(Instant.now()), 400_000, 31_000_000, null, null);
    }

    /** Finished jobs, each with a tag that every tenth has, and one in 10,000 failed. */
    private static void fill(JobStore store, int many) throws Exception {
        long begin = System.nanoTime();
        for (int from = 0; from < many; from += 1000) {
            int first = from;
            store.write(tables -> {
                for (int i = first; i < first + 1000; i++) {
                    WaitingJob job = job(Map.of("tenth", Integer.toString(i % 10)));
                    tables.insert(job, null);
                    if (i % 10_000 == 77) {
                        tables.fail(job.id(), end(), RawJson.of("{\"type\":\"function-raised\"}"));
                    } else {
                        tables.succeed(job.id(), end(), VALUE);
                    }
                }
            });
        }
        System.out.printf("%d with a tag each: %.0f jobs/s%n", many, many * 1e9 / (System.nanoTime() - begin));
    }

    private static void lists(JobStore store) throws Exception {
        list(store, "tag", new JobFilter(Set.of(), null, null, Map.of("tenth", "3")));
        list(store, "failed", new JobFilter(Set.of(JobState.FAILED), null, null, Map.of()));
        list(store, "succeeded", new JobFilter(Set.of(JobState.SUCCEEDED), null, null, Map.of()));
        list(store, "tag, failed", new JobFilter(Set.of(JobState.FAILED), null, null, Map.of("tenth", "7")));
        list(store, "no such function", new JobFilter(Set.of(), "nothing", null, Map.of()));
        list(store, "no such pool", new JobFilter(Set.of(), null, "nothing", Map.of()));
        list(store, "all", new JobFilter(Set.of(), null, null, Map.of()));
    }

    private static void list(JobStore store, String name, JobFilter filter) throws Exception {
        double best = Double.MAX_VALUE;
        double first = 0;
        int found = 0;
        for (int i = 0; i < 20; i++) {
            long begin = System.nanoTime();
            found = store.read(tables -> tables.list(filter, null, 100)).size();
            double millis = (System.nanoTime() - begin) / 1e6;
            first = i == 0 ? millis : first;
            best = Math.min(best, millis);
        }
        System.out.printf("newest 100, %s: %.2f ms at first, %.2f ms at best (%d found)%n", name, first, best, found);
    }

    private static void waiting(JobStore store, int many) throws Exception {
        long begin = System.nanoTime();
        for (int from = 0; from < many; from += 1000) {
            store.write(tables -> {
                for (int i = 0; i < 1000; i++) {
                    tables.insert(job(Map.of()), null);
                }
            });
        }
        System.out.printf("insert alone: %.0f jobs/s%n", many * 1e9 / (System.nanoTime() - begin));
        begin = System.nanoTime();
        int read = store.read(tables -> tables.queued(
                        new dev.motorpool.detached.model.JobLine(
                                "processes", null, java.util.Collections.emptySortedSet()),
                        dev.motorpool.detached.model.JobKey.FIRST,
                        1000,
                        1 << 24))
                .size();
        System.out.printf("the first %d of %d waiting: %.1f ms%n", read, many, (System.nanoTime() - begin) / 1e6);
        begin = System.nanoTime();
        store.read(tables -> tables.census());
        System.out.printf("backlogs: %.1f ms%n", (System.nanoTime() - begin) / 1e6);
    }

    private static void forget(JobStore store) throws Exception {
        Instant later = Instant.now().plus(Duration.ofDays(2));
        long begin = System.nanoTime();
        int[] forgotten = {0};
        int all = 0;
        while (System.nanoTime() - begin < MEASURED.toNanos()) {
            store.write(tables -> forgotten[0] = tables.forget(later, 500));
            all += forgotten[0];
        }
        System.out.printf("forget in steps of 500: %.0f jobs/s%n", all * 1e9 / (System.nanoTime() - begin));
    }
}
