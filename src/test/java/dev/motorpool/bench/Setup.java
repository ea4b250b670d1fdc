package dev.motorpool.bench;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where and how everything is measured.
 *
 * @param jar the service
 * @param folder for what is made on the way, emptied before
 * @param rounds how often the things of one row take turns
 * @param seconds that one of them lasts in a round
 * @param python null if there is none
 */
record Setup(
        Path jar,
        Path folder,
        int rounds,
        double seconds,
        @Nullable Python python) {

    /** The data directory that all services of the run use, one after another. */
    Path data() {
        return folder.resolve("data");
    }

    /** A data directory that only the services of one row use. */
    Path ownData(String name) {
        return folder.resolve("data-" + name);
    }
}
