package dev.motorpool.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LineCounterTest {

    private static final int ITEMS = 3000;

    @Test
    void linesAreCountedHoweverTheyAreCut() throws IOException {
        String whole = answer(ITEMS) + StreamLines.ITEMS.last(ITEMS) + "\n";
        for (int piece : new int[] {33, 1000, whole.length()}) {
            LineCounter lines = counted(whole, piece);
            assertThat(lines.count()).isEqualTo(ITEMS + 1);
            lines.checkWhole(ITEMS);
        }
    }

    @Test
    void anAnswerThatIsNotWholeIsRefused() throws IOException {
        LineCounter withoutEnd = counted(answer(ITEMS), 1000);
        assertThatThrownBy(() -> withoutEnd.checkWhole(ITEMS)).isInstanceOf(IOException.class);
        LineCounter tooFew = counted(answer(ITEMS - 1) + StreamLines.ITEMS.last(ITEMS) + "\n", 1000);
        assertThatThrownBy(() -> tooFew.checkWhole(ITEMS)).isInstanceOf(IOException.class);
    }

    @Test
    void aWrongLineIsSeenWhereItIsLookedAt() {
        assertThatThrownBy(() -> counted(StreamLines.ITEMS.answer(1) + "\n", 1000))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line 0 is not");
    }

    private static String answer(int items) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < items; i++) {
            text.append(StreamLines.ITEMS.answer(i)).append('\n');
        }
        return text.toString();
    }

    private static LineCounter counted(String text, int piece) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        LineCounter lines = new LineCounter(StreamLines.ITEMS);
        for (int at = 0; at < bytes.length; at += piece) {
            lines.take(bytes, at, Math.min(bytes.length, at + piece));
        }
        return lines;
    }
}
