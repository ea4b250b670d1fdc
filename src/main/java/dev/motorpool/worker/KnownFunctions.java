package dev.motorpool.worker;

import dev.motorpool.function.builtin.Builtins;
import dev.motorpool.function.method.MethodFunctions;
import dev.motorpool.json.RawJson;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The functions of a worker and their descriptions. In a fresh JVM, reading the classes takes longer than the JVM's
 * start, so the first worker stores the descriptions in a file for the others.
 *
 * @param described the functions as GET /v1/functions lists them
 */
record KnownFunctions(MethodFunctions registry, RawJson described) {

    /** Reads the file. If it is missing or unusable, reads the classes and writes the file. */
    static KnownFunctions of(boolean demoFunctions, @Nullable File file) {
        if (file == null) {
            return ofClasses(demoFunctions);
        }
        KnownFunctions known = read(file);
        if (known == null) {
            ofClasses(demoFunctions).write(file);
            known = read(file);
        }
        return known != null ? known : ofClasses(demoFunctions);
    }

    private static KnownFunctions ofClasses(boolean demoFunctions) {
        MethodFunctions registry = Builtins.functions(demoFunctions);
        return new KnownFunctions(registry, registry.describe());
    }

    /** Two lines of JSON, unchecked here: the service checks them once, before it starts workers from the file. */
    private static @Nullable KnownFunctions read(File file) {
        try (FileInputStream in = new FileInputStream(file)) {
            byte[] bytes = in.readAllBytes();
            int end = 0;
            while (bytes[end] != '\n') {
                end++;
            }
            RawJson described = new RawJson(bytes, end + 1, bytes.length - end - 1);
            return new KnownFunctions(MethodFunctions.ofIndex(new RawJson(bytes, 0, end)), described);
        } catch (IOException | RuntimeException ofNoUse) {
            return null;
        }
    }

    /** Others see the whole file or none. A worker that cannot write it goes on without. */
    private void write(File file) {
        File fresh = new File(file.getPath() + "." + ProcessHandle.current().pid());
        try {
            try (FileOutputStream out = new FileOutputStream(fresh)) {
                registry.index().writeTo(out);
                out.write('\n');
                described.writeTo(out);
            }
            if (fresh.renameTo(file)) {
                return;
            }
        } catch (IOException cannot) {
            // As if the rename had failed.
        }
        fresh.delete();
    }
}
