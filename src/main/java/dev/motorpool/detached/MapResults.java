package dev.motorpool.detached;

/**
 * Results of some items of a map, in the order in which they were completed: what was committed together. Encoded by
 * {@link MapResultsCodec}.
 *
 * @param firstSeq place in completion of the first one, from 0
 * @param count how many items
 * @param failed whether all of them have failed; else all have succeeded
 * @param bytes the results
 */
@SuppressWarnings("ArrayRecordComponent") // never written to
public record MapResults(long firstSeq, int count, boolean failed, byte[] bytes) {}
