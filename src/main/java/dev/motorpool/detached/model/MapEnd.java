package dev.motorpool.detached.model;

import dev.motorpool.pool.Failure;

/** How an attempt at a map ended. */
public sealed interface MapEnd {

    /** Every item has a result. */
    MapEnd SUCCEEDED = new Succeeded();

    /** The attempt was abandoned. */
    MapEnd WITHDRAWN = new Withdrawn();

    /** A worker did not have the function. */
    MapEnd FUNCTION_MISSING = new FunctionMissing();

    record Succeeded() implements MapEnd {}

    record Withdrawn() implements MapEnd {}

    record FunctionMissing() implements MapEnd {}

    /** This item has failed, and the attempt with it. */
    record Failed(int index, Failure failure) implements MapEnd {}

    /** Its pool ended it, or its time to start was over. */
    record Ended(Failure failure) implements MapEnd {}
}
