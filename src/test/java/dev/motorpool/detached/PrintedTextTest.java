package dev.motorpool.detached;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.json.JsonStrings;
import dev.motorpool.json.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What listeners keep of printed text until their clients read it. */
class PrintedTextTest {

    private static final int LIMIT = 1 << 20;

    private final ListenerBytes budget = new ListenerBytes(LIMIT);

    private static JobEvent.Output line(int number) {
        return new JobEvent.Output(1, "line %07d\n".formatted(number));
    }

    private static String text(JobEvent.Output output) {
        return output.parts().stream().map(JsonStrings::decode).collect(Collectors.joining());
    }

    private PrintedText listener() {
        budget.opened();
        return new PrintedText(budget);
    }

    @Test
    void theLastIsKeptAndTheRestIsCounted() {
        PrintedText listener = listener();
        long printed = 0;
        for (int i = 0; i < 20_000; i++) {
            JobEvent.Output output = line(i);
            printed += output.parts().getFirst().length() - 2L;
            listener.add(output);
        }
        JobEvent.Output taken = listener.take(1);
        assertThat(text(taken)).endsWith("line 0019999\n").hasSizeGreaterThan(ListenerBytes.MOST_OF_ONE / 2);
        long kept = taken.parts().stream().mapToLong(part -> part.length() - 2L).sum();
        assertThat(kept + taken.dropped()).isEqualTo(printed);
        assertThat(listener.isEmpty()).isTrue();
        assertThat(budget.kept()).isZero();
    }

    @Test
    void allListenersTogetherKeepNoMoreThanTheBudget() {
        List<PrintedText> listeners = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            listeners.add(listener());
        }
        for (int i = 0; i < 2_000; i++) {
            JobEvent.Output output = new JobEvent.Output(1, "x".repeat(1_000));
            listeners.forEach(listener -> listener.add(output));
        }
        assertThat(budget.kept()).isLessThanOrEqualTo(LIMIT + 200 * 2_000L);
        for (PrintedText listener : listeners) {
            JobEvent.Output taken = listener.take(1);
            assertThat(taken.parts()).isNotEmpty();
            assertThat(taken.dropped()).isPositive();
        }
        assertThat(budget.kept()).isZero();
    }

    @Test
    void aTextIsEncodedOnceForAll() {
        JobEvent.Output output = line(7);
        PrintedText one = listener();
        PrintedText other = listener();
        one.add(output);
        other.add(output);
        RawJson part = one.take(1).parts().getFirst();
        assertThat(other.take(1).parts().getFirst()).isSameAs(part);
    }

    @Test
    void aLargeTextIsKeptInPartsOfWholeCharacters() {
        String text = "a" + "\ud83d\ude00".repeat(50_000);
        PrintedText listener = listener();
        listener.add(new JobEvent.Output(1, text));
        JobEvent.Output taken = listener.take(1);
        assertThat(taken.dropped()).isPositive();
        assertThat(text).endsWith(text(taken));
        assertThat(text(new JobEvent.Output(1, text))).isEqualTo(text);
    }
}
