package dev.motorpool.source;

import java.nio.file.Path;
import java.util.List;

/**
 * The files of one source as they were found.
 *
 * @param name of the source
 * @param file the file or folder that the source is, relative to the runtime's folder
 * @param files all files that belong to it, relative to the runtime's folder
 * @param version beginning of the SHA-256 of names and contents
 */
record SourceFiles(String name, String file, List<Path> files, String version) {}
