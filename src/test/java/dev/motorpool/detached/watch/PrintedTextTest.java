package dev.motorpool.detached.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.detached.model.JobEvent;
import dev.motorpool.json.JsonStrings;
import dev.motorpool.json.RawJson;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The printed text of a job that its listeners have not read yet. */
@Tag("service")
class PrintedTextTest {

    private static final int LIMIT = 1 << 20;

    private final ListenerBytes budget = new ListenerBytes(LIMIT);

    private PrintedText job() {
        budget.opened();
        return new PrintedText(budget);
    }

    private static void print(PrintedText printed, int attempt, String text) {
        printed.add(attempt, PrintedText.encode(text));
    }

    private static String text(JobEvent.Output output) {
        StringBuilder json = new StringBuilder("\"");
        for (ByteBuffer piece : output.text()) {
            json.append(StandardCharsets.UTF_8.decode(piece.duplicate()));
        }
        return JsonStrings.decode(RawJson.of(json.append('"').toString()));
    }

    /** Everything that a reader has taken, with the number of dropped bytes before it. */
    private static final class Taken {
        final PrintedText.Place place;
        final StringBuilder text = new StringBuilder();
        long bytes;

        Taken(PrintedText printed) {
            place = printed.end();
        }

        boolean take(PrintedText printed, int attempt) {
            JobEvent.@Nullable Output output = printed.take(place, attempt);
            if (output == null) {
                return false;
            }
            String more = text(output);
            text.append(more);
            bytes += output.dropped() + more.getBytes(StandardCharsets.UTF_8).length;
            return true;
        }

        Taken takeAll(PrintedText printed, int attempt) {
            while (take(printed, attempt)) {
                // there is more
            }
            return this;
        }
    }

    @Test
    void theLastIsKeptAndTheRestIsCounted() {
        PrintedText printed = job();
        Taken reader = new Taken(printed);
        String line = "line \"%07d\"\n";
        for (int i = 0; i < 20_000; i++) {
            print(printed, 1, line.formatted(i));
        }
        reader.takeAll(printed, 1);
        assertThat(reader.text).endsWith(line.formatted(19_999)).hasSizeGreaterThan(ListenerBytes.MOST_OF_ONE / 2);
        assertThat(reader.bytes).isEqualTo(20_000L * line.formatted(0).length());
        assertThat(budget.kept()).isLessThanOrEqualTo(ListenerBytes.MOST_OF_ONE);
        printed.clear();
        assertThat(budget.kept()).isZero();
    }

    @Test
    void readersShareTheTextAndKeepNoneOfIt() {
        PrintedText printed = job();
        PrintedText.Place one = printed.end();
        PrintedText.Place other = printed.end();
        print(printed, 1, "something");
        ByteBuffer piece = Objects.requireNonNull(printed.take(one, 1)).text().getFirst();
        ByteBuffer same = Objects.requireNonNull(printed.take(other, 1)).text().getFirst();
        assertThat(same.arrayOffset()).isEqualTo(piece.arrayOffset());
        assertThat(same.array()).isSameAs(piece.array());
        assertThat(budget.kept()).isEqualTo("something".length());
    }

    /**
     * Random texts and readers of any speed that join at any time: each reads everything since, except reported gaps.
     */
    @Test
    void whatAReaderTakesAndWhatWasDroppedIsAllThatWasPrinted() {
        Random random = new Random(7);
        PrintedText printed = job();
        List<Taken> readers = new ArrayList<>();
        List<Long> since = new ArrayList<>();
        StringBuilder all = new StringBuilder();
        long bytes = 0;
        for (int i = 0; i < 5_000; i++) {
            String text =
                    "\u0001\u00fc\ud83d\ude00\nabc".repeat(random.nextInt(1, random.nextInt(50) == 0 ? 9_000 : 60));
            print(printed, 1, text);
            all.append(text);
            bytes += text.getBytes(StandardCharsets.UTF_8).length;
            if (i % 100 == 0) {
                readers.add(new Taken(printed));
                since.add(bytes);
            }
            for (int reader = 0; reader < readers.size(); reader++) {
                if (random.nextInt(reader + 1) == 0) {
                    readers.get(reader).take(printed, 1);
                }
            }
        }
        for (int i = 0; i < readers.size(); i++) {
            Taken reader = readers.get(i).takeAll(printed, 1);
            assertThat(reader.bytes).as("reader %s", i).isEqualTo(bytes - since.get(i));
            String end = reader.text.substring(Math.max(0, reader.text.length() - 1_000));
            assertThat(all).endsWith(end);
        }
    }

    @Test
    void anAttemptsTextIsNotTakenBeforeItsTurn() {
        PrintedText printed = job();
        Taken reader = new Taken(printed);
        print(printed, 1, "one");
        print(printed, 2, "two");
        assertThat(reader.takeAll(printed, 1).text).hasToString("one");
        print(printed, 2, "more");
        assertThat(reader.takeAll(printed, 2).text).hasToString("onetwomore");
        assertThat(reader.bytes).isEqualTo(10);
    }

    @Test
    void allJobsTogetherKeepNoMoreThanTheBudget() {
        List<PrintedText> jobs = new ArrayList<>();
        List<Taken> readers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            jobs.add(job());
            readers.add(new Taken(jobs.get(i)));
        }
        for (int i = 0; i < 200; i++) {
            jobs.forEach(job -> print(job, 1, "x".repeat(1_000)));
        }
        assertThat(budget.kept()).isLessThanOrEqualTo(LIMIT + 200 * (8L << 10));
        for (int i = 0; i < 200; i++) {
            Taken reader = readers.get(i).takeAll(jobs.get(i), 1);
            assertThat(reader.bytes).isEqualTo(200_000);
            assertThat(reader.text).isNotEmpty();
            jobs.get(i).clear();
        }
        assertThat(budget.kept()).isZero();
    }

    @Test
    void aLargeTextBeginsWithAWholeCharacter() {
        String text = "a" + "\ud83d\ude00".repeat(50_000);
        PrintedText printed = job();
        Taken reader = new Taken(printed);
        print(printed, 1, text);
        reader.takeAll(printed, 1);
        assertThat(text).endsWith(reader.text);
        assertThat(reader.text).isNotEmpty();
        assertThat(reader.bytes).isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
    }
}
