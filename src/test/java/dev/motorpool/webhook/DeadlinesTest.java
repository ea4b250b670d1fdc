package dev.motorpool.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Requests whose time is over are ended, whatever else fails. */
class DeadlinesTest {

    @Test
    void aRequestThatCannotBeEndedKeepsNoOther() throws Exception {
        CountDownLatch failed = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        try (Deadlines deadlines = new Deadlines(Duration.ofMillis(50), () -> {})) {
            Deadlines.Deadline first = deadlines.begin(
                    () -> {
                        failed.countDown();
                        throw new IllegalStateException("a defect of a connection");
                    },
                    deadlines.endOfTry());
            assertThat(failed.await(20, TimeUnit.SECONDS)).isTrue();
            Deadlines.Deadline second = deadlines.begin(
                    () -> {
                        cancelled.countDown();
                        return true;
                    },
                    deadlines.endOfTry());
            assertThat(cancelled.await(20, TimeUnit.SECONDS)).isTrue();
            first.close();
            second.close();
        }
    }
}
