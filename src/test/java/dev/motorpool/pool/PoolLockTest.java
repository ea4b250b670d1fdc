package dev.motorpool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PoolLockTest {

    /** Turns with and without an aftermath on several threads: nothing is done twice, nothing is forgotten. */
    @Test
    void whatIsToBeDoneAfterwardsIsDoneOnce() throws InterruptedException {
        PoolLock lock = new PoolLock(new VirtualTime(), () -> {});
        int turns = 200_000;
        AtomicInteger done = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            boolean busy = i % 2 == 0;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int n = 0; n < turns; n++) {
                    lock.take(() -> {
                        if (busy) {
                            lock.afterwards(done::incrementAndGet);
                        }
                    });
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(done).hasValue(2 * turns);
    }

    /** Each effect may be the end of a call that somebody waits for: one that fails stops neither the others nor the turn. */
    @Test
    void anEffectThatFailsDoesNotStopTheOthers() {
        PoolLock lock = new PoolLock(new VirtualTime(), () -> {});
        List<String> done = new ArrayList<>();
        lock.take(() -> {
            lock.afterwards(() -> done.add("before"));
            lock.afterwards(() -> {
                throw new OutOfMemoryError("a planted shortage of threads");
            });
            lock.afterwards(() -> {
                throw new IllegalStateException("a planted defect");
            });
            lock.afterwards(() -> done.add("after"));
        });
        lock.take(() -> lock.afterwards(() -> done.add("next")));
        assertThat(done).containsExactly("before", "after", "next");
    }
}
