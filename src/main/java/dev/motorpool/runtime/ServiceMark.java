package dev.motorpool.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.UUID;

/**
 * What the marks of all workers of one service begin with. Services that use the same data directory one after the
 * other have the same {@code directory}, so a service recognizes what earlier ones have left.
 *
 * @param directory identifies the data directory among those of this machine
 * @param run identifies this service among them
 */
public record ServiceMark(String directory, String run) {

    private static final String SEPARATOR = "/";

    /** The mark of a service that uses the directory of this file. */
    public static ServiceMark of(Path file) throws IOException {
        Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return key == null
                ? unrelated()
                : new ServiceMark(key.toString(), UUID.randomUUID().toString());
    }

    /** The mark of a service without a data directory. */
    public static ServiceMark unrelated() {
        return new ServiceMark(UUID.randomUUID().toString(), UUID.randomUUID().toString());
    }

    /**
     * A mark for a worker, which no other worker has had. All marks of a service are equally long, as a forked worker
     * writes its own over that of its template.
     */
    public String next() {
        return directory + SEPARATOR + run + SEPARATOR + UUID.randomUUID();
    }

    /** Whether this is the mark of a worker of an earlier service. */
    public boolean isEarlier(String mark) {
        return mark.startsWith(directory + SEPARATOR) && !mark.startsWith(directory + SEPARATOR + run + SEPARATOR);
    }
}
