package dev.motorpool.function;

/** A call's view of itself, given to a function that has a parameter of this type. */
public interface CallContext {

    /** True once nobody wants the result any more: the function should return or throw soon. */
    boolean cancelled();

    /** Says how far the call is: {@code done} of {@code total} units. Cheap; what comes too fast is thinned out. */
    void progress(long done, long total, String message);

    /** Which try of its job this call is, from 1. */
    int attempt();
}
