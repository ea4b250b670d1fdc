package dev.motorpool.runtime;

import java.io.IOException;

/** A runtime whose workers load functions from a folder of the functions directory. */
public interface SourceRuntime extends WorkerRuntime {

    /**
     * The command of a process that loads these sources, reports what it has found, and ends.
     *
     * @throws IOException if the runtime cannot be used here; the message says why and what to do
     */
    WorkerCommand probe(LoadedSources sources) throws IOException, InterruptedException;

    /** Workers that start from now on load these. */
    void use(LoadedSources sources);
}
