package dev.motorpool.conform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.testing.LeavesNothingBehind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** docs/protocol.md and the kit say the same. */
@ExtendWith(LeavesNothingBehind.class)
class ProtocolDocumentTest {

    @TempDir
    private Path folder;

    @Test
    void eachMustHasItsNumber() throws IOException {
        List<String> found = SampleWorker.numbersAndMusts();
        assertThat(found).isNotEmpty();
        for (int i = 0; i < found.size(); i++) {
            assertThat(found.get(i)).as("place %d of %s", i, found).matches(i % 2 == 0 ? "P\\d+" : "MUST");
        }
    }

    @Test
    void eachMustHasItsTest() throws IOException {
        List<String> numbers = SampleWorker.numbersAndMusts().stream()
                .filter(each -> !each.equals("MUST"))
                .toList();
        assertThat(numbers).doesNotHaveDuplicates();
        assertThat(Checks.names()).containsExactlyInAnyOrderElementsOf(numbers);
        assertThat(Checks.all()).hasSameSizeAs(numbers);
    }

    @Test
    void theFunctionsOfTheKitAreNamed() throws IOException {
        assertThat(Orders.FUNCTIONS)
                .allSatisfy(name -> assertThat(SampleWorker.document()).contains("| `" + name + "("));
        assertThat(ConformOptions.USAGE.lines().filter(line -> line.contains("--") && line.startsWith("  ")))
                .allSatisfy(line -> assertThat(SampleWorker.document())
                        .contains("| `" + line.strip().split(" ", 2)[0]));
    }

    @Test
    @Tag("service")
    void theWorkerOfTheDocumentPasses() throws Exception {
        String python = ConformWorkers.python();
        if (python == null) {
            System.out.println(
                    "LEFT OUT: there is no Python 3.9 here, so the worker of docs/protocol.md was not tested.");
            return;
        }
        ConformOptions options = ConformOptions.DEFAULT.withCalls(2000);
        String results = ConformWorkers.results(ConformWorkers.script(python, SampleWorker.in(folder)), options);
        assertThat(results).doesNotContain("not ok");

        Set<String> shown = Set.of("P23", "P1", "P41");
        String some = ConformWorkers.results(
                ConformWorkers.script(python, SampleWorker.in(folder)),
                options.withKinds(Set.of(ConformOptions.PROCESS)).withOnly(shown));
        assertThat(SampleWorker.output().stream().map(ProtocolDocumentTest::withoutNumbers))
                .isEqualTo(
                        some.lines().map(ProtocolDocumentTest::withoutNumbers).toList());
        assertThat(SampleWorker.output()).contains("1.." + Checks.all().size());
    }

    /** A run of some tests counts differently. */
    private static String withoutNumbers(String line) {
        return line.replaceFirst("^1\\.\\.\\d+$", "1..n").replaceFirst("^ok \\d+", "ok n");
    }
}
