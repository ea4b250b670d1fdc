package dev.motorpool.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Distinguishes a running process from one that has ended and was not reaped yet. */
public final class Zombies {

    private Zombies() {}

    /** Whether the process is running. */
    public static boolean runs(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            char state = stat.charAt(stat.lastIndexOf(')') + 2);
            return process.isAlive() && state != 'Z' && state != 'X';
        } catch (IOException gone) {
            return !Files.exists(Path.of("/proc/self")) && process.isAlive(); // no /proc here
        }
    }
}
