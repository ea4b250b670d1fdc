package dev.motorpool.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitedLogTest {

    private final List<String> told = new ArrayList<>();
    private Queue<Runnable> minutes = new ArrayDeque<>();

    private void minutePasses(Queue<Runnable> due) {
        minutes = new ArrayDeque<>();
        due.forEach(Runnable::run);
    }

    @Test
    void theFirstIsToldAtOnceAndTheRestOnceAMinute() {
        RateLimitedLog<String> rateLimitedLog =
                new RateLimitedLog<>((kind, count) -> told.add(kind + " " + count), later -> minutes.add(later));

        for (int i = 0; i < 5; i++) {
            rateLimitedLog.add("full");
        }
        rateLimitedLog.add("closed");
        assertThat(told).containsExactly("full 1", "closed 1");

        minutePasses(minutes);
        assertThat(told).containsExactly("full 1", "closed 1", "full 4");

        rateLimitedLog.add("full");
        rateLimitedLog.add("full");
        assertThat(told).hasSize(3);
        minutePasses(minutes);
        assertThat(told).endsWith("full 2");

        minutePasses(minutes);
        assertThat(minutes).as("nothing waits for a kind that has become quiet").isEmpty();
        rateLimitedLog.add("full");
        assertThat(told).hasSize(5).endsWith("full 1");
    }

    @Test
    void whatCannotBeAddedUpForLackOfAThreadIsToldAtOnce() {
        boolean[] noThread = {true};
        RateLimitedLog<String> rateLimitedLog =
                new RateLimitedLog<>((kind, count) -> told.add(kind + " " + count), later -> {
                    if (noThread[0]) {
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                    minutes.add(later);
                });
        rateLimitedLog.add("full");
        noThread[0] = false;
        rateLimitedLog.add("full");
        rateLimitedLog.add("full");
        minutePasses(minutes);
        assertThat(told).containsExactly("full 1", "full 1", "full 1");
    }

    @Test
    void nothingIsLostAtTheEndAndAmongThreads() throws InterruptedException {
        AtomicLong total = new AtomicLong();
        Queue<Runnable> due = new ConcurrentLinkedQueue<>();
        RateLimitedLog<String> rateLimitedLog = new RateLimitedLog<>((kind, count) -> total.addAndGet(count), due::add);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int n = 0; n < 10_000; n++) {
                    rateLimitedLog.add("full");
                }
            }));
        }
        for (Runnable minute = due.poll(); threads.stream().anyMatch(Thread::isAlive); minute = due.poll()) {
            if (minute != null) {
                minute.run();
            }
        }
        for (Thread thread : threads) {
            thread.join();
        }
        rateLimitedLog.close();

        assertThat(total).hasValue(40_000);
    }
}
