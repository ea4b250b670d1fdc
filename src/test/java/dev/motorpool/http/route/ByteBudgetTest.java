package dev.motorpool.http.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.http.problem.ProblemException;
import dev.motorpool.http.route.ByteBudget.Held;
import dev.motorpool.job.JobError;
import dev.motorpool.job.ProblemType;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ByteBudgetTest {

    private static final long SHARE = 500_000;

    private final ByteBudget budget =
            new ByteBudget("answer-bytes", "answers", "motorpool.http.answer-budget", 2 * SHARE, 17);
    private final RequestShares shares = new RequestShares(HttpSettings.defaults(256), (_, _, _, _) -> {});

    private Held heldBy(String address) throws ProblemException {
        return budget.held(shares.enter(null, address));
    }

    private static void refused(@Nullable JobError error, ProblemType type) {
        JobError refusal = Objects.requireNonNull(error);
        assertThat(refusal.type()).isEqualTo(type);
        assertThat(refusal.retryAfter()).isNotNull();
    }

    @Test
    void oneCallerLeavesSomeToOthers() throws ProblemException {
        Held one = heldBy("192.0.2.1");
        Held more = heldBy("192.0.2.1");
        Held other = heldBy("192.0.2.2");
        assertThat(one.take(SHARE - 1_000)).isNull();
        refused(more.take(2_000), ProblemType.LIMIT_REACHED);
        assertThat(other.take(SHARE)).isNull();
        assertThat(budget.used()).isEqualTo(2 * SHARE - 1_000);
        one.close();
        assertThat(more.take(SHARE)).isNull();
        refused(heldBy("192.0.2.3").take(2_000), ProblemType.UNAVAILABLE);
        more.close();
        other.close();
        assertThat(budget.used()).isZero();
    }

    @Test
    void manySmallStepsCountAsOneLarge() throws ProblemException {
        Held one = heldBy("192.0.2.1");
        for (int i = 0; i < SHARE / 100; i++) {
            assertThat(one.take(100)).isNull();
        }
        refused(one.take(100), ProblemType.LIMIT_REACHED);
        one.giveBack(100);
        assertThat(one.take(100)).isNull();
        one.close();
        assertThat(heldBy("192.0.2.1").take(SHARE)).isNull();
    }

    @Test
    void theLargestRequestFitsAShare() throws ProblemException {
        ByteBudget small = new ByteBudget("body-bytes", "requests", "motorpool.http.body-budget", 1_000_000, 900_000);
        assertThat(small.held(shares.enter(null, "192.0.2.1")).take(900_000)).isNull();
    }
}
