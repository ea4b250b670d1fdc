package dev.motorpool.source;

/** What happens to sources. Called by the thread that loads them. */
public interface SourceEvents {

    /**
     * A new content of a source was tried.
     *
     * @param ready whether it can be used
     */
    default void loaded(String runtime, boolean ready) {}

    /** The functions that can be called have changed. */
    default void functionsChanged() {}
}
