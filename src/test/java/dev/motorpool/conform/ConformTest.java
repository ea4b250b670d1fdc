package dev.motorpool.conform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.runtime.Language;
import dev.motorpool.runtime.WorkerRuntime;
import dev.motorpool.testing.LeavesNothingBehind;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The shipped workers pass the conformance kit. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("service")
class ConformTest {

    private static final int CALLS = 20_000;

    @TempDir
    private Path folder;

    @Test
    void theJavaWorkerPasses() throws Exception {
        passes(ConformWorkers.java(folder), CALLS);
    }

    @ParameterizedTest
    @EnumSource
    void theWorkersOfLanguagesPass(Language language) throws Exception {
        WorkerRuntime runtime = ConformWorkers.of(language);
        if (runtime != null) {
            passes(runtime, CALLS);
        }
    }

    /** What the shipped workers do is tested to the last; nothing of it is left out. */
    private static void passes(WorkerRuntime runtime, int calls) throws InterruptedException {
        String results = ConformWorkers.results(runtime, ConformOptions.DEFAULT.withCalls(calls));
        assertThat(results).doesNotContain("not ok").doesNotContain("# SKIP");
    }

    @Test
    @Tag("slow")
    void aMillionCallsTakeTheSameMemory() throws Exception {
        ConformOptions options = ConformOptions.DEFAULT.withOnly(Set.of("P38"));
        assertThat(ConformWorkers.results(ConformWorkers.java(folder), options)).doesNotContain("not ok");
        for (Language language : Language.values()) {
            WorkerRuntime runtime = ConformWorkers.of(language);
            if (runtime != null) {
                assertThat(ConformWorkers.results(runtime, options)).doesNotContain("not ok");
            }
        }
    }
}
