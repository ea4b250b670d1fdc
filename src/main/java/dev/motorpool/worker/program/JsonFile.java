package dev.motorpool.worker.program;

import dev.motorpool.json.RawJson;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The file that a program reads as its standard input. A file needs no thread that waits for a slow reader. */
final class JsonFile implements AutoCloseable {

    private final OutputStream out;

    JsonFile(Path path) throws IOException {
        this.out = new FileOutputStream(path.toFile());
    }

    void write(RawJson args, RawJson kwargs) throws IOException {
        text("{\"args\":");
        args.writeTo(out);
        text(",\"kwargs\":");
        kwargs.writeTo(out);
        text("}\n");
    }

    private void text(String ascii) throws IOException {
        out.write(ascii.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
