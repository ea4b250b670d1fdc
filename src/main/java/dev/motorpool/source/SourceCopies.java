package dev.motorpool.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Copies of the sources of one runtime, which never change: workers load from them, so that a worker that starts later,
 * even after a restart of the service, has the code of the others.
 *
 * <pre>
 *   sources/NAME@VERSION/...    the files of one version of a source; _@VERSION: the files that sources use
 *   loaded/DIGEST/...           what workers load: one version of each source, as links to these
 * </pre>
 *
 * Used by one thread at a time.
 */
final class SourceCopies {

    private static final int VERSION_LENGTH = 16;

    private final Path sources;
    private final Path loaded;

    /** @param place a directory of the service's own */
    SourceCopies(Path place) {
        this.sources = place.resolve("sources");
        this.loaded = place.resolve("loaded");
    }

    /** Where the copy of a version of a source is. */
    private Path copy(String name, String version) {
        return sources.resolve(name + "@" + version);
    }

    boolean has(String name, String version) {
        return Files.isDirectory(copy(name, version));
    }

    /**
     * Copies files of the folder, unless there is a copy of this version.
     *
     * @throws IOException also if a file is not what its version says any more
     */
    void keep(Path folder, SourceFiles source) throws IOException {
        Path copy = copy(source.name(), source.version());
        if (Files.isDirectory(copy)) {
            return;
        }
        Path fresh = sources.resolve("." + copy.getFileName());
        delete(fresh);
        for (Path file : source.files()) {
            Path target = fresh.resolve(file.toString());
            Files.createDirectories(target.getParent());
            Files.copy(folder.resolve(file), target, StandardCopyOption.COPY_ATTRIBUTES);
        }
        Files.createDirectories(fresh);
        if (!FolderContents.version(fresh, source.files()).equals(source.version())) {
            delete(fresh);
            throw new IOException(source.file() + " has changed while it was copied");
        }
        move(fresh, copy);
    }

    /**
     * The directory that holds these versions of sources; made unless it is there.
     *
     * @param versions each as {@link #keep} has copied it, by {@code NAME@VERSION}
     */
    Path compose(Set<String> versions) throws IOException {
        List<String> sorted = versions.stream().sorted().toList();
        byte[] names = String.join("\n", sorted).getBytes(StandardCharsets.UTF_8);
        String digest = HexFormat.of().formatHex(FolderContents.sha256().digest(names));
        Path whole = loaded.resolve(digest.substring(0, VERSION_LENGTH));
        if (Files.isDirectory(whole)) {
            return whole;
        }
        Path fresh = loaded.resolve("." + whole.getFileName());
        delete(fresh);
        Files.createDirectories(fresh);
        for (String version : sorted) {
            link(sources.resolve(version), fresh);
        }
        move(fresh, whole);
        return whole;
    }

    private static void link(Path from, Path to) throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(from)) {
            all.filter(Files::isRegularFile).forEach(files::add);
        }
        for (Path file : files) {
            Path target = to.resolve(from.relativize(file).toString());
            Files.createDirectories(target.getParent());
            try {
                Files.createLink(target, file);
            } catch (FileAlreadyExistsException e) {
                throw e;
            } catch (IOException | UnsupportedOperationException noLinks) {
                Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private static void move(Path fresh, Path place) throws IOException {
        Files.createDirectories(place.getParent());
        Files.move(fresh, place, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Removes all copies besides these. */
    void retain(Set<String> versions, Set<Path> wholes) throws IOException {
        removeOthers(sources, versions);
        Set<String> names = new HashSet<>();
        wholes.forEach(whole -> names.add(String.valueOf(whole.getFileName())));
        removeOthers(loaded, names);
    }

    private static void removeOthers(Path place, Set<String> names) throws IOException {
        if (Files.isDirectory(place)) {
            List<Path> others;
            try (Stream<Path> all = Files.list(place)) {
                others = all.filter(each -> !names.contains(String.valueOf(each.getFileName())))
                        .toList();
            }
            for (Path other : others) {
                delete(other);
            }
        }
    }

    private static void delete(Path tree) throws IOException {
        if (Files.exists(tree)) {
            List<Path> all;
            try (Stream<Path> walked = Files.walk(tree)) {
                all = walked.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path each : all) {
                Files.delete(each);
            }
        }
    }
}
