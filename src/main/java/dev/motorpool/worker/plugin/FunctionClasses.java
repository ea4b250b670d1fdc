package dev.motorpool.worker.plugin;

import dev.motorpool.function.Function;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/** Finds the classes of a jar that have functions, without loading any. */
final class FunctionClasses {

    private static final String DESCRIPTOR = Function.class.descriptorString();
    private static final byte[] DESCRIPTOR_BYTES = DESCRIPTOR.getBytes(StandardCharsets.UTF_8);
    private static final String ENDING = ".class";

    /** The class file version of Java 1.0. */
    private static final int FIRST_MAJOR = 44;

    private static final int MAJOR_OFFSET = 6;

    /**
     * Names of the classes, sorted.
     *
     * @throws IOException if the jar cannot be read
     * @throws IllegalArgumentException if one of them is for a newer Java
     */
    static List<String> in(Path jar) throws IOException {
        List<String> names = new ArrayList<>();
        try (JarFile file = new JarFile(jar.toFile(), false)) {
            for (Enumeration<JarEntry> entries = file.entries(); entries.hasMoreElements(); ) {
                JarEntry entry = entries.nextElement();
                String path = entry.getName();
                if (path.endsWith(ENDING) && !path.startsWith("META-INF/")) {
                    byte[] bytes;
                    try (InputStream in = file.getInputStream(entry)) {
                        bytes = in.readAllBytes();
                    }
                    String name =
                            path.substring(0, path.length() - ENDING.length()).replace('/', '.');
                    if (namesAnnotation(bytes) && hasFunction(name, bytes)) {
                        names.add(name);
                    }
                }
            }
        }
        names.sort(null);
        return names;
    }

    /** Most classes do not name the annotation at all, and are not parsed. */
    private static boolean namesAnnotation(byte[] bytes) {
        int last = bytes.length - DESCRIPTOR_BYTES.length;
        for (int from = 0; from <= last; from++) {
            int at = 0;
            while (at < DESCRIPTOR_BYTES.length && bytes[from + at] == DESCRIPTOR_BYTES[at]) {
                at++;
            }
            if (at == DESCRIPTOR_BYTES.length) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasFunction(String name, byte[] bytes) {
        int java = (bytes[MAJOR_OFFSET] & 0xff) * 256 + (bytes[MAJOR_OFFSET + 1] & 0xff) - FIRST_MAJOR;
        int own = Runtime.version().feature();
        if (java > own) {
            throw new IllegalArgumentException("The class " + name + " was compiled for Java " + java
                    + ", but the workers run on Java " + own + ". Compile it with --release " + own + ".");
        }
        ClassModel model = ClassFile.of().parse(bytes);
        for (MethodModel method : model.methods()) {
            boolean function = method.findAttribute(Attributes.runtimeVisibleAnnotations())
                    .map(all -> all.annotations().stream()
                            .anyMatch(each -> each.className().equalsString(DESCRIPTOR)))
                    .orElse(false);
            if (function) {
                return true;
            }
        }
        return false;
    }

    private FunctionClasses() {}
}
