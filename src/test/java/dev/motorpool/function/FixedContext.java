package dev.motorpool.function;

/** A context of a first attempt that may or may not be cancelled. */
public record FixedContext(boolean cancelled) implements CallContext {

    @Override
    public void progress(long done, long total, String message) {}

    @Override
    public int attempt() {
        return 1;
    }
}
