package dev.motorpool.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/** The files of a language's worker, which are laid out in the data directory once for each content. */
final class LanguagePackage {

    private final String archive;
    private final Path folder;

    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by lock; null until it is laid out. */
    private @Nullable Path home;

    /** @param runtimes a folder of the service's own */
    LanguagePackage(Language language, Path runtimes) {
        this.archive = "/motorpool-" + language.word() + ".zip";
        this.folder = runtimes.resolve(language.word());
    }

    /** The folder with the files. */
    Path home() throws IOException {
        lock.lock();
        try {
            Path made = home;
            if (made == null || !Files.isDirectory(made)) {
                made = layOut();
                home = made;
            }
            return made;
        } finally {
            lock.unlock();
        }
    }

    private Path layOut() throws IOException {
        byte[] zip = read();
        Path whole = folder.resolve(Digest.of(zip));
        if (Files.isDirectory(whole)) {
            return whole;
        }
        Files.createDirectories(folder);
        Path fresh = Files.createTempDirectory(folder, ".fresh-");
        try (ZipInputStream entries = new ZipInputStream(new java.io.ByteArrayInputStream(zip))) {
            for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                if (!entry.isDirectory()) {
                    Path file = fresh.resolve(entry.getName());
                    Files.createDirectories(file.getParent());
                    Files.copy(entries, file);
                }
            }
        }
        try {
            Files.move(fresh, whole, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException | FileAlreadyExistsException e) {
            throw new IOException("cannot move " + fresh + " to " + whole, e);
        }
        return whole;
    }

    private byte[] read() throws IOException {
        try (InputStream in = LanguagePackage.class.getResourceAsStream(archive)) {
            if (in == null) {
                throw new IOException(archive + " is missing in this build of the service");
            }
            return in.readAllBytes();
        }
    }
}
