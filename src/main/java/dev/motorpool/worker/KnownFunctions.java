package dev.motorpool.worker;

import dev.motorpool.function.FunctionRegistry;
import dev.motorpool.function.builtin.Builtins;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.MalformedJsonException;
import dev.motorpool.json.MemberNames;
import dev.motorpool.json.Members;
import dev.motorpool.json.RawJson;
import dev.motorpool.json.StrictJson;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The functions of a worker, and what it says of them. To find that out takes a fresh JVM longer than its start, so the
 * first worker leaves it in a file for the others.
 *
 * @param described the functions as GET /v1/functions lists them
 */
record KnownFunctions(FunctionRegistry registry, RawJson described) {

    private static final MemberNames MEMBERS = MemberNames.of("index", "described");

    /** Reads the file; where it is missing or of no use, reads the classes and makes it. */
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
        FunctionRegistry registry = Builtins.registry(demoFunctions);
        return new KnownFunctions(registry, registry.describe());
    }

    private static @Nullable KnownFunctions read(File file) {
        try (FileInputStream in = new FileInputStream(file)) {
            Members members = StrictJson.members(RawJson.of(in.readAllBytes()), MEMBERS);
            RawJson index = members.get(0);
            RawJson described = members.get(1);
            if (index != null && described != null) {
                return new KnownFunctions(FunctionRegistry.ofIndex(index), described);
            }
        } catch (IOException | MalformedJsonException | RuntimeException ofNoUse) {
            // It is made again.
        }
        return null;
    }

    /** Others see the whole file or none. A worker that cannot write it does without. */
    private void write(File file) {
        File fresh = new File(file.getPath() + "." + ProcessHandle.current().pid());
        try {
            try (FileOutputStream out = new FileOutputStream(fresh)) {
                new JsonWriter()
                        .beginObject()
                        .name("index")
                        .value(registry.index())
                        .name("described")
                        .value(described)
                        .endObject()
                        .toRawJson()
                        .writeTo(out);
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
