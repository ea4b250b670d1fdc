package dev.motorpool.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.motorpool.json.MalformedJsonException;
import dev.motorpool.json.RawJson;
import dev.motorpool.json.StrictJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder with the worker's jar and its AOT cache. Its name is a digest of what the cache depends on: the jar, the
 * JVM, its options. Files appear in it whole or not at all; a lock file keeps processes from making the same at once.
 *
 * @param jar the classes of the worker
 * @param cache the AOT cache; null if none could be made
 */
record WorkerFolder(Path jar, @Nullable Path cache) {

    private static final Logger LOG = LoggerFactory.getLogger(WorkerFolder.class);

    private static final String RESOURCE = "/motorpool-worker.jar";
    private static final String JAR = "motorpool-worker.jar";
    private static final String CACHE = "worker.aot";
    private static final String DIGEST = "worker.aot.sha256";
    private static final Duration UNUSED = Duration.ofDays(1);
    private static final Pattern NAME = Pattern.compile("[0-9a-f]{16}");

    /** File locks are held by whole processes, so threads need one of their own. */
    private static final ReentrantLock MAKING = new ReentrantLock();

    Path folder() {
        return Objects.requireNonNull(jar.getParent());
    }

    boolean isThere() {
        return Files.exists(jar);
    }

    /** Finds the folder among those that were made before, and changes nothing; null if none of them fits or it is not whole. */
    static @Nullable WorkerFolder prepared(Path root, Path java) throws IOException {
        byte[] content = jarOfThisVersion();
        Path folder = root.resolve(key(content, java));
        Path jar = folder.resolve(JAR);
        Path cache = folder.resolve(CACHE);
        if (Files.exists(jar) && Arrays.equals(Files.readAllBytes(jar), content) && isWhole(folder)) {
            return new WorkerFolder(jar, cache);
        }
        LOG.warn("{} does not contain the worker program of this version and JVM; creating it again", root);
        return null;
    }

    /** Finds or makes the folder; where the cache cannot be made there is a warning and the folder goes without. */
    static WorkerFolder in(Path root, Path java, WorkerLaunch launch, Spawner spawner)
            throws IOException, InterruptedException {
        Files.createDirectories(root);
        MAKING.lockInterruptibly();
        try (FileChannel channel =
                        FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            LOG.debug("Making the worker's folder under {}", lock);
            byte[] content = jarOfThisVersion();
            Path folder = root.resolve(key(content, java));
            Files.createDirectories(folder);
            Path jar = folder.resolve(JAR);
            if (!Files.exists(jar) || !Arrays.equals(Files.readAllBytes(jar), content)) {
                replace(jar, content);
            }
            removeDamagedIndexes(folder);
            Path cache = cache(folder, jar, java, launch, spawner);
            Files.setLastModifiedTime(folder, FileTime.from(Instant.now()));
            removeUnused(root, folder);
            return new WorkerFolder(jar, cache);
        } finally {
            MAKING.unlock();
        }
    }

    private static byte[] jarOfThisVersion() throws IOException {
        try (InputStream resource = WorkerFolder.class.getResourceAsStream(RESOURCE)) {
            if (resource == null) {
                throw new IOException("this program was built without its resource " + RESOURCE);
            }
            return resource.readAllBytes();
        }
    }

    private static String key(byte[] jar, Path java) throws IOException {
        Path release = java.resolveSibling("../release").normalize();
        byte[] version = Files.exists(release) ? Files.readAllBytes(release) : new byte[0];
        String options = java + " " + String.join(" ", JvmFlags.COMMON);
        return Digest.of(jar, version, options.getBytes(UTF_8)).substring(0, 16);
    }

    private static @Nullable Path cache(Path folder, Path jar, Path java, WorkerLaunch launch, Spawner spawner)
            throws InterruptedException {
        Path cache = folder.resolve(CACHE);
        Path fresh = folder.resolve("worker.aot.new");
        try {
            if (isWhole(folder)) {
                return cache;
            }
            Files.deleteIfExists(cache);
            AotTraining.run(launch, spawner, java, jar, fresh);
            replace(folder.resolve(DIGEST), Digest.of(fresh).getBytes(UTF_8));
            Files.move(fresh, cache, StandardCopyOption.ATOMIC_MOVE);
            return cache;
        } catch (IOException cannot) {
            LOG.warn("Workers start more slowly because their AOT cache cannot be created: {}", cannot.getMessage());
            return null;
        } finally {
            AotTraining.removeRemains(fresh);
        }
    }

    /** The JVM checks only the head of a cache, and would crash on one that the disk has damaged. */
    private static boolean isWhole(Path folder) throws IOException {
        Path cache = folder.resolve(CACHE);
        Path digest = folder.resolve(DIGEST);
        return Files.exists(cache)
                && Files.exists(digest)
                && Files.readString(digest).equals(Digest.of(cache));
    }

    /** What workers keep of their functions is read by each of them without a check; the next worker makes it again. */
    private static void removeDamagedIndexes(Path folder) throws IOException {
        for (String name : JavaRuntime.INDEXES) {
            Path index = folder.resolve(name);
            if (Files.exists(index) && !isWholeIndex(index)) {
                Files.delete(index);
            }
        }
    }

    private static boolean isWholeIndex(Path index) {
        try {
            List<String> lines = Files.readAllLines(index);
            for (String line : lines) {
                StrictJson.check(RawJson.of(line));
            }
            return lines.size() == 2;
        } catch (IOException | MalformedJsonException damaged) {
            return false;
        }
    }

    private static void replace(Path file, byte[] content) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.write(fresh, content);
        // A cache is valid for the jar's time too: a jar that is made again must not spoil it.
        Files.setLastModifiedTime(fresh, FileTime.from(Instant.EPOCH));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Folders of other versions that nobody has started from for a day; who still needs one makes it again. */
    private static void removeUnused(Path root, Path used) throws IOException {
        Instant limit = Instant.now().minus(UNUSED);
        List<Path> unused = new ArrayList<>();
        try (Stream<Path> folders = Files.list(root)) {
            for (Path folder : (Iterable<Path>) folders::iterator) {
                if (!folder.equals(used)
                        && NAME.matcher(folder.getFileName().toString()).matches()
                        && Files.getLastModifiedTime(folder).toInstant().isBefore(limit)) {
                    unused.add(folder);
                }
            }
        }
        for (Path folder : unused) {
            try {
                remove(folder);
            } catch (IOException stays) {
                LOG.warn("{} is unused and cannot be removed: {}", folder, stays.toString());
            }
        }
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
