package dev.motorpool.app;

import dev.motorpool.store.sqlite.Backup;
import dev.motorpool.store.sqlite.StoreUnusableException;
import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code java -jar motorpool.jar backup <data directory> <file>}: copies the store, whether the service runs or not.
 */
final class BackupCommand {

    static final String NAME = "backup";

    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int WRONG = 2;

    private BackupCommand() {}

    /** Runs the command and prints its result; returns the exit code: 0 done, 1 failed, 2 wrong usage. */
    static int run(List<String> arguments, PrintStream out, PrintStream err) {
        if (arguments.size() != 2) {
            err.println("Usage: backup <data directory> <file to write>");
            return WRONG;
        }
        try {
            Path target = Path.of(arguments.get(1));
            Backup.copy(Path.of(arguments.get(0)), target);
            out.println("The store is copied to " + target);
            return DONE;
        } catch (StoreUnusableException e) {
            err.println(e.getMessage() + " " + e.action());
            return FAILED;
        } catch (InvalidPathException e) {
            err.println(e.getMessage());
            return WRONG;
        }
    }
}
