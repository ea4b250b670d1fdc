package dev.motorpool.pool.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads the resident memory of processes, from {@code VmRSS} of Linux' {@code /proc/<pid>/status} (proc(5)). */
public final class ResidentMemory {

    private ResidentMemory() {}

    /** Bytes, or null if the process has gone or the system does not report it. */
    public static @Nullable Long of(long pid) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"), StandardCharsets.ISO_8859_1)) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
                }
            }
            return null;
        } catch (IOException gone) {
            return null;
        }
    }
}
