package dev.motorpool.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The sources in the folder of a runtime, and the other files there, which sources may use.
 *
 * @param sources sorted by name
 * @param helpers files that belong to no source, relative to the folder, sorted
 * @param helpersVersion as {@link SourceFiles#version}, of these
 */
record FolderContents(List<SourceFiles> sources, List<Path> helpers, String helpersVersion) {

    /** Hexadecimal digits of a version. */
    private static final int VERSION_LENGTH = 12;

    private static final int MOST_FILES = 10_000;
    private static final int DEEPEST = 32;

    /**
     * Reads a folder; one that is missing is empty.
     *
     * @throws IOException if it cannot be read, or changes meanwhile
     */
    static FolderContents read(Path folder, Layout layout) throws IOException {
        List<SourceFiles> sources = new ArrayList<>();
        List<Path> helpers = new ArrayList<>();
        Set<Path> descriptions = new HashSet<>();
        if (!Files.isDirectory(folder)) {
            return new FolderContents(List.of(), List.of(), version(folder, List.of()));
        }
        for (Path entry : entries(folder)) {
            List<Path> files = files(folder, entry);
            String name = hidden(entry) ? null : layout.sourceName(entry);
            if (name == null) {
                helpers.addAll(files);
                continue;
            }
            Path description = layout.description(entry);
            if (description != null) {
                files.add(folder.relativize(description));
                descriptions.add(folder.relativize(description));
            }
            sources.add(new SourceFiles(name, folder.relativize(entry).toString(), files, version(folder, files)));
        }
        helpers.removeAll(descriptions);
        sources.sort((one, other) -> one.name().compareTo(other.name()));
        return new FolderContents(List.copyOf(sources), List.copyOf(helpers), version(folder, helpers));
    }

    /**
     * What changes whenever a file is added, removed or written, told without reading contents.
     *
     * @return empty if there is no such folder
     */
    static String fingerprint(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return "";
        }
        MessageDigest digest = sha256();
        for (Path entry : entries(folder)) {
            for (Path file : files(folder, entry)) {
                var attributes = Files.readAttributes(folder.resolve(file), "unix:size,lastModifiedTime,ino,ctime");
                digest.update((file + " " + attributes + "\n").getBytes(StandardCharsets.UTF_8));
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The entries of a folder that are not ignored, sorted. Those that begin with _ can be imported by sources. */
    private static List<Path> entries(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(entry -> !ignored(entry)).sorted().toList();
        }
    }

    private static boolean ignored(Path entry) {
        String name = String.valueOf(entry.getFileName());
        return name.startsWith(".") || name.equals("__pycache__") || name.equals("node_modules");
    }

    private static boolean hidden(Path entry) {
        return String.valueOf(entry.getFileName()).startsWith("_");
    }

    /** The regular files that an entry is or holds, relative to the folder, sorted. */
    private static List<Path> files(Path folder, Path entry) throws IOException {
        List<Path> files = new ArrayList<>();
        collect(folder, entry, 0, files);
        return files;
    }

    private static void collect(Path folder, Path entry, int depth, List<Path> files) throws IOException {
        if (Files.isRegularFile(entry)) {
            files.add(folder.relativize(entry));
        } else if (Files.isDirectory(entry) && (depth == 0 || !Files.isSymbolicLink(entry))) {
            if (depth > DEEPEST) {
                throw new IOException(entry + " is more than " + DEEPEST + " folders deep");
            }
            for (Path inside : entries(entry)) {
                collect(folder, inside, depth + 1, files);
            }
        } else if (!Files.exists(entry, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(entry + " has gone meanwhile");
        }
        if (files.size() > MOST_FILES) {
            throw new IOException(entry + " has more than " + MOST_FILES + " files");
        }
    }

    /** Beginning of the SHA-256 of the names and contents of files. */
    static String version(Path folder, List<Path> files) throws IOException {
        MessageDigest digest = sha256();
        for (Path file : files) {
            byte[] name = file.toString().getBytes(StandardCharsets.UTF_8);
            digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(name.length).array());
            digest.update(name);
            MessageDigest content = sha256();
            try (InputStream in = new DigestInputStream(Files.newInputStream(folder.resolve(file)), content)) {
                in.transferTo(java.io.OutputStream.nullOutputStream());
            }
            digest.update(content.digest());
        }
        return HexFormat.of().formatHex(digest.digest()).substring(0, VERSION_LENGTH);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
