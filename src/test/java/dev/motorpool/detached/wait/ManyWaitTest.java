package dev.motorpool.detached.wait;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.detached.model.ReturnWhen;
import dev.motorpool.detached.watch.Watchers;
import dev.motorpool.job.JobState;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** After which end of the first of two jobs a wait is over. */
class ManyWaitTest {

    private static final Duration SHORT = Duration.ofMillis(20);
    private static final Duration LONG = Duration.ofMinutes(1);

    static Stream<Arguments> ends() {
        return Arrays.stream(JobState.values())
                .filter(JobState::isFinal)
                .flatMap(state -> Arrays.stream(ReturnWhen.values()).map(when -> Arguments.of(when, state)));
    }

    @ParameterizedTest
    @MethodSource("ends")
    void isOverAfterTheEndsThatItWaitsFor(ReturnWhen when, JobState state) throws Exception {
        Set<JobState> sufficient =
                switch (when) {
                    case FIRST_COMPLETED -> EnumSet.allOf(JobState.class);
                    case FIRST_EXCEPTION -> EnumSet.of(JobState.FAILED, JobState.EXPIRED);
                    case ALL_COMPLETED -> EnumSet.noneOf(JobState.class);
                };
        boolean over = sufficient.contains(state);
        Duration timeout = over ? LONG : SHORT;
        List<UUID> jobs = List.of(new UUID(0, 1), new UUID(0, 2));
        long begin = System.nanoTime();
        try (ManyWait wait =
                ManyWait.open(new Watchers(), jobs, when, timeout, _ -> Arrays.asList(state, JobState.RUNNING))) {
            ManyWait.Result result = wait.await();
            boolean inTime = System.nanoTime() - begin < timeout.toNanos();
            assertThat(inTime).isEqualTo(over);
            assertThat(result.done()).containsExactly(jobs.getFirst());
            assertThat(result.notDone()).containsExactly(jobs.getLast());
        }
    }
}
