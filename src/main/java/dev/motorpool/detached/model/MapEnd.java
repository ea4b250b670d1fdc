package dev.motorpool.detached.model;

import dev.motorpool.pool.Failure;

/** How an attempt at a map ended. */
public sealed interface MapEnd {

    /** Every item has a result. */
    MapEnd SUCCEEDED = new Succeeded();

    /** Nobody wants to hear of it. */
    MapEnd WITHDRAWN = new Withdrawn();

    record Succeeded() implements MapEnd {}

    record Withdrawn() implements MapEnd {}

    /** This item has failed, and with it the attempt. */
    record Failed(int index, Failure failure) implements MapEnd {}

    /** Its pool gave it up, or its time to start was over. */
    record Ended(Failure failure) implements MapEnd {}
}
