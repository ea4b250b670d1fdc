package dev.motorpool.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A file system of a few MiB in memory, mounted on a directory: only root may, and not everywhere. */
public final class SmallDisk implements AutoCloseable {

    private final Path directory;

    private SmallDisk(Path directory) {
        this.directory = directory;
    }

    /** {@link #mounted} shows whether it could be mounted. */
    public static SmallDisk mount(Path directory, String size) throws IOException {
        return new SmallDisk(
                run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", directory.toString())
                        ? directory
                        : Path.of(""));
    }

    public boolean mounted() {
        return directory.isAbsolute();
    }

    public boolean readOnly() throws IOException {
        return mounted() && run("mount", "-o", "remount,ro", directory.toString());
    }

    @Override
    public void close() throws IOException {
        if (mounted() && !run("umount", directory.toString())) {
            run("umount", "-l", directory.toString());
        }
    }

    private static boolean run(String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            process.destroyForcibly();
        }
    }
}
