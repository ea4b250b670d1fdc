package dev.motorpool.conform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.runtime.WorkerRuntime;
import dev.motorpool.testing.LeavesNothingBehind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The kit fails for a worker that breaks one MUST, each in turn, with the test of this MUST and no other. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("slow")
class BadWorkerConformTest {

    private static final Path SCRIPT = Path.of("src", "test", "conform", "bad_worker.py");

    /** Faults that are seen because something does not come; other limits are not scaled, so that slowness is no fault. */
    private static final Set<String> SILENT = Set.of("P1", "P2", "P3", "P4", "P21", "P28", "P30", "P41");

    private static final double SHORT = 0.1;
    private static final int CALLS = 2000;

    /** Tests before and after that of the fault. */
    private static final int NEIGHBOURS = 4;

    /** A worker that takes parts for the whole fails where many orders come at once, too. */
    private static final Set<String> ALSO_BY_PARTS = Set.of("P4");
    /** A report that is malformed is no report of an item. */
    private static final Set<String> ALSO_BY_TYPES = Set.of("P30");

    @TempDir
    private Path folder;

    static List<String> musts() {
        return Checks.all().stream().map(Check::must).toList();
    }

    @ParameterizedTest
    @MethodSource("musts")
    void aBrokenMustIsFound(String must) throws Exception {
        double patience = SILENT.contains(must) ? SHORT : 1;
        Set<String> failed = failed(must, options(Set.of(must)).withPatience(patience));
        if (failed != null) {
            assertThat(failed).containsExactly(must);
        }
    }

    @ParameterizedTest
    @MethodSource("musts")
    void otherTestsPass(String must) throws Exception {
        int place = musts().indexOf(must);
        Set<String> others = new TreeSet<>(
                musts().subList(Math.max(0, place - NEIGHBOURS), Math.min(musts().size(), place + NEIGHBOURS + 1)));
        others.remove(must);
        others.removeAll(must.equals("P6") ? ALSO_BY_PARTS : must.equals("P14") ? ALSO_BY_TYPES : Set.of());
        if (must.equals(StartChecks.FIRST)) {
            return; // nothing is tested after it
        }
        Set<String> failed = failed(must, options(others));
        if (failed != null) {
            assertThat(failed).isEmpty();
        }
    }

    @Test
    void sourcesOfAGoodWorkerPass() throws Exception {
        Set<String> failed = failed("sources", options(Set.of("P42", "P43", "P44", "P45", "P46")));
        if (failed != null) {
            assertThat(failed).isEmpty();
        }
    }

    private static ConformOptions options(Set<String> only) {
        return ConformOptions.DEFAULT.withCalls(CALLS).withOnly(only);
    }

    /** The tests that fail for a worker with a fault; null if they cannot be made here. */
    private @Nullable Set<String> failed(String fault, ConformOptions options)
            throws IOException, InterruptedException {
        String python = ConformWorkers.python();
        if (python == null) {
            System.out.println("LEFT OUT: there is no Python 3.9 here to run a worker with the fault " + fault + ".");
            return null;
        }
        WorkerRuntime runtime =
                ConformWorkers.script(python, SCRIPT, SampleWorker.in(folder).toString(), fault);
        String results = ConformWorkers.results(runtime, options);
        assertThat(results).as("the worker has the fault, and starts").doesNotContain("the worker has not one");
        return results.lines()
                .filter(line -> line.startsWith("not ok"))
                .map(line -> line.split(" ", 6)[4])
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
