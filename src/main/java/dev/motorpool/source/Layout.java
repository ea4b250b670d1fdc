package dev.motorpool.source;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a source is in the folder of a runtime. */
enum Layout {
    /** A module, or a package with {@code __init__.py}. */
    PYTHON {
        @Override
        @Nullable
        String sourceName(Path entry) {
            if (Files.isDirectory(entry)) {
                return Files.isRegularFile(entry.resolve("__init__.py")) ? fileName(entry) : null;
            }
            return withoutEnding(entry, "py");
        }

        @Override
        @Nullable
        String objection(String name) {
            if (!IDENTIFIER.matcher(name).matches()) {
                return "'" + name + "' is no name of a Python module: it must be an identifier. Rename the file.";
            }
            return KEYWORDS.contains(name) ? "'" + name + "' is a keyword of Python. Rename the file." : null;
        }
    },

    /** An ES module. */
    NODE {
        @Override
        @Nullable
        String sourceName(Path entry) {
            if (Files.isDirectory(entry)) {
                return null;
            }
            String name = withoutEnding(entry, "mjs");
            return name != null ? name : withoutEnding(entry, "js");
        }

        @Override
        @Nullable
        String objection(String name) {
            return IDENTIFIER.matcher(name).matches()
                    ? null
                    : "'" + name + "' cannot begin the names of functions: use letters, digits and underscores. Rename"
                            + " the file.";
        }
    },

    /** A jar, or a folder with jars: a plug-in and its libraries. */
    JAVA {
        @Override
        @Nullable
        String sourceName(Path entry) {
            if (!Files.isDirectory(entry)) {
                return withoutEnding(entry, "jar");
            }
            try (Stream<Path> inside = Files.list(entry)) {
                return inside.anyMatch(file -> withoutEnding(file, "jar") != null) ? fileName(entry) : null;
            } catch (java.io.IOException unreadable) {
                return null;
            }
        }
    },

    /** An executable file. */
    PROGRAMS {
        @Override
        @Nullable
        String sourceName(Path entry) {
            if (Files.isDirectory(entry)
                    || !Files.isExecutable(entry)
                    || fileName(entry).endsWith(".json")) {
                return null; // a description may have any mode
            }
            String name = fileName(entry);
            int dot = name.indexOf('.');
            return dot < 0 ? name : name.substring(0, dot);
        }

        @Override
        @Nullable
        Path description(Path entry) {
            Path file = entry.resolveSibling(sourceName(entry) + ".json");
            return Files.isRegularFile(file) ? file : null;
        }
    };

    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private static final Set<String> KEYWORDS = Set.of(
            "False",
            "None",
            "True",
            "and",
            "as",
            "assert",
            "async",
            "await",
            "break",
            "class",
            "continue",
            "def",
            "del",
            "elif",
            "else",
            "except",
            "finally",
            "for",
            "from",
            "global",
            "if",
            "import",
            "in",
            "is",
            "lambda",
            "nonlocal",
            "not",
            "or",
            "pass",
            "raise",
            "return",
            "try",
            "while",
            "with",
            "yield");

    /** The name of the folder below the functions directory. */
    String folder() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The name of the source that this file or folder is; null if it is none. */
    abstract @Nullable String sourceName(Path entry);

    /** The file beside a source that describes it, and belongs to it; null if there is none. */
    @Nullable
    Path description(Path entry) {
        return null;
    }

    /** What is wrong with a source's name, and what to do; null if nothing is. */
    @Nullable
    String objection(String name) {
        return null;
    }

    private static String fileName(Path entry) {
        return String.valueOf(entry.getFileName());
    }

    private static @Nullable String withoutEnding(Path file, String ending) {
        String name = fileName(file);
        return name.endsWith("." + ending) && name.length() > ending.length() + 1
                ? name.substring(0, name.length() - ending.length() - 1)
                : null;
    }
}
