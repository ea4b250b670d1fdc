package dev.motorpool.hostile;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Runs programs of the system. */
final class Shell {

    /** Whether it exists and succeeded. */
    static boolean run(String... command) {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException notHere) {
            return false;
        }
        try {
            return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            process.destroyForcibly();
        }
    }

    private Shell() {}
}
