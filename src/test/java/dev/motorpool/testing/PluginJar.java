package dev.motorpool.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** Makes jars of Java sources, as authors of plug-ins do. */
public final class PluginJar {

    /** What an author's class begins with. */
    public static final String IMPORTS = "package demo; import dev.motorpool.function.*; import java.util.*; ";

    /** Compiles one class {@code demo.name} into a jar of this path, with options for the compiler. */
    public static Path of(Path jar, String name, String source, String... options) throws IOException {
        return of(jar, name, source, List.of(), options);
    }

    /** As {@link #of(Path, String, String, String...)}, with other jars on the class path. */
    public static Path of(Path jar, String name, String source, List<Path> libraries, String... options)
            throws IOException {
        Path work = Files.createTempDirectory(jar.toAbsolutePath().getParent(), ".compile-");
        Path file = Files.createDirectories(work.resolve("src")).resolve(name + ".java");
        Files.writeString(file, IMPORTS + source);
        Path classes = Files.createDirectories(work.resolve("classes"));
        List<String> path = new ArrayList<>(List.of("target/classes"));
        libraries.forEach(library -> path.add(library.toString()));
        List<String> arguments = new ArrayList<>(Arrays.asList(options));
        arguments.addAll(List.of("-proc:none", "-d", classes.toString(), "-cp", String.join(":", path)));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            if (!compiler.getTask(said, files, null, arguments, null, files.getJavaFileObjects(file))
                    .call()) {
                throw new AssertionError(said);
            }
        }
        write(jar, classes);
        return jar;
    }

    private static void write(Path jar, Path classes) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream archive = new JarOutputStream(out);
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                archive.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                archive.write(Files.readAllBytes(file));
            }
        }
    }

    private PluginJar() {}
}
