package dev.motorpool.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReportTest {

    private static final Spread ROUNDS = Spread.of(3, 1, 2);

    @Test
    void aFigureIsItsMedianWithItsSpread() {
        assertThat(ROUNDS.text(Spread.unit(1, " ms"))).isEqualTo("2.0 ms (1.0 ms to 3.0 ms)");
        assertThat(Spread.of(1234.4).text(Spread.unit(0, "/s"))).isEqualTo("1,234/s");
        assertThat(ROUNDS.over(Spread.of(6, 4, 2)).median()).isEqualTo(0.5);
    }

    @Test
    void aRowSaysWhetherItsGoalIsReached() {
        assertThat(row(Goal.atLeast(3, 4, "")).reached()).isEqualTo("NO");
        assertThat(row(Goal.atLeast(2, 4, "")).reached()).isEqualTo("yes");
        assertThat(row(Goal.atMost(5, 2, "")).reached()).isEqualTo("aim");
        assertThat(Row.missing("work", "why").reached()).isEmpty();
    }

    @Test
    void theTableAndTheJsonHoldEveryRow() {
        Report report = new Report();
        report.head("machine", "this one");
        report.add(row(Goal.atLeast(0.6, 0.75, "")));
        report.add(Row.missing("other work", "there is no python3"));
        report.note("A note.");
        assertThat(report.markdown())
                .contains("- machine: this one")
                .contains("| work | 2.0 | another | 2.00 (1.00 to 3.00) | >= 0.6 | >= 0.75 | aim |")
                .contains("| other work | not measured | there is no python3 |  |  |  |  |")
                .endsWith("- A note.\n");
        assertThat(report.json())
                .contains("\"ratio\":[3.0000,1.0000,2.0000]")
                .contains("\"at_least\":0.6000")
                .contains("\"notes\":[\"A note.\"]");
    }

    private static Row row(Goal goal) {
        return Row.ofRatio("work", "2.0", "another", ROUNDS, goal);
    }
}
