package dev.motorpool.worker.plugin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files of a plug-in.
 *
 * @param name the name of the jar without its ending, or of the folder
 * @param file the jar or folder, relative to the directory of plug-ins
 * @param jars the plug-in and its libraries
 */
public record PluginFiles(String name, String file, List<Path> jars) {

    private static final String ENDING = ".jar";
    private static final int DEEPEST = 8;

    /** All plug-ins of a directory, sorted by file. What begins with {@code .} or {@code _} is none. */
    public static List<PluginFiles> in(Path directory) throws IOException {
        List<PluginFiles> plugins = new ArrayList<>();
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path entry : (Iterable<Path>) entries.sorted()::iterator) {
                String file = String.valueOf(entry.getFileName());
                if (file.startsWith(".") || file.startsWith("_")) {
                    continue;
                }
                if (Files.isDirectory(entry)) {
                    List<Path> jars = jars(entry);
                    if (!jars.isEmpty()) {
                        plugins.add(new PluginFiles(file, file, jars));
                    }
                } else if (isJar(entry)) {
                    String name = file.substring(0, file.length() - ENDING.length());
                    plugins.add(new PluginFiles(name, file, List.of(entry)));
                }
            }
        }
        return plugins;
    }

    private static List<Path> jars(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder, DEEPEST)) {
            return files.filter(file -> isJar(file) && Files.isRegularFile(file))
                    .sorted()
                    .toList();
        }
    }

    private static boolean isJar(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.endsWith(ENDING) && name.length() > ENDING.length() && !name.startsWith(".");
    }
}
