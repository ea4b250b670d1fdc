package dev.motorpool.bench;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of the benchmark.
 *
 * @param jar the service
 * @param folder for temporary files, emptied before
 * @param rounds how often the parties of one row take turns
 * @param seconds duration of one turn
 * @param python null if there is none
 */
record Setup(
        Path jar,
        Path folder,
        int rounds,
        double seconds,
        @Nullable Python python) {

    /** The data directory of all services of the run, one after another. */
    Path data() {
        return folder.resolve("data");
    }

    /** A data directory for the services of one row. */
    Path ownData(String name) {
        return folder.resolve("data-" + name);
    }
}
