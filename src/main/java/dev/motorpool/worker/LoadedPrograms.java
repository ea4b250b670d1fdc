package dev.motorpool.worker;

import dev.motorpool.json.JsonWriter;
import dev.motorpool.wire.Message;
import dev.motorpool.worker.program.Program;
import dev.motorpool.worker.program.ProgramFile;
import dev.motorpool.worker.program.WorkingDirectories;
import java.io.File;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds the programs of a directory. Of two of a name the first stays, and the other fails. */
final class LoadedPrograms {

    static WorkerFunctions load(File directory, WorkerOptions options, Reports reports, ProcessExit processExit)
            throws IOException {
        WorkingDirectories directories = WorkingDirectories.create();
        processExit.closeAtExit(List.of(directories));
        Map<String, Program> programs = new HashMap<>();
        Map<String, String> places = new HashMap<>();
        JsonWriter functions = new JsonWriter().beginArray();
        JsonWriter sources = new JsonWriter().beginArray();
        List<ProgramFile> found = ProgramFile.in(directory.toPath());
        for (ProgramFile file : SourceSelection.of(found, ProgramFile::name)) {
            if (LoadedSources.isProbe()) {
                reports.writeThrough(new Message.Loading(file.name()));
            }
            String reason = null;
            String place = places.putIfAbsent(file.name(), file.file());
            if (place != null) {
                reason = "The function " + file.name() + " of " + file.file() + " is already in " + place
                        + ". Rename one of them.";
            } else {
                try {
                    functions.value(file.describe());
                    programs.put(file.name(), new Program(file, directories, options.valueLimit()));
                } catch (IOException unfit) {
                    reason = unfit.getMessage();
                }
            }
            boolean failed = reason != null;
            List<String> names = failed ? List.of() : List.of(file.name());
            new SourceState(file.name(), file.file(), failed, reason, null, names).writeTo(sources);
        }
        SourceSelection.missing(found, ProgramFile::name).forEach(state -> state.writeTo(sources));
        return new WorkerFunctions(
                new ProgramCalls(programs),
                functions.endArray().toRawJson(),
                sources.endArray().toRawJson(),
                List.of(Message.Hello.ACCEPTED, Message.Hello.PING, Message.Hello.CONTEXT));
    }

    private LoadedPrograms() {}
}
