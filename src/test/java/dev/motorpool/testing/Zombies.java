package dev.motorpool.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells a process that runs from one that has ended and that its new parent has not looked at yet. */
public final class Zombies {

    private Zombies() {}

    /** Whether the process can still do something. */
    public static boolean runs(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            char state = stat.charAt(stat.lastIndexOf(')') + 2);
            return process.isAlive() && state != 'Z' && state != 'X';
        } catch (IOException gone) {
            return !Files.exists(Path.of("/proc/self")) && process.isAlive(); // no such file system here
        }
    }
}
