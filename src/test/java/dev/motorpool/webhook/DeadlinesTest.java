package dev.motorpool.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.core5.concurrent.Cancellable;
import org.junit.jupiter.api.Test;

/** Requests whose time is over are ended, even if other parts fail. */
class DeadlinesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** A thread that waits within a request until it is interrupted, and is not once the request is over. */
    private static Thread waits(Deadlines deadlines, Cancellable request, AtomicBoolean clean) {
        return Thread.ofVirtual().start(() -> {
            try (Deadlines.Deadline deadline = deadlines.begin(request, deadlines.endOfTry())) {
                boolean _ = new CountDownLatch(1).await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                throw new AssertionError("nobody has interrupted it, though it is over: " + deadline.passed());
            } catch (InterruptedException expected) {
                // as it should
            }
            clean.set(!Thread.currentThread().isInterrupted());
        });
    }

    @Test
    void aRequestThatCannotBeEndedKeepsNoOther() throws Exception {
        CountDownLatch failed = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        AtomicBoolean firstClean = new AtomicBoolean();
        AtomicBoolean secondClean = new AtomicBoolean();
        try (Deadlines deadlines = new Deadlines(Duration.ofMillis(50), () -> {})) {
            Thread first = waits(
                    deadlines,
                    () -> {
                        failed.countDown();
                        throw new IllegalStateException("a defect of a connection");
                    },
                    firstClean);
            assertThat(failed.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            Thread second = waits(
                    deadlines,
                    () -> {
                        cancelled.countDown();
                        return true;
                    },
                    secondClean);
            assertThat(cancelled.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(first.join(PATIENCE)).isTrue();
            assertThat(second.join(PATIENCE)).isTrue();
        }
        assertThat(firstClean).isTrue();
        assertThat(secondClean).isTrue();
    }
}
