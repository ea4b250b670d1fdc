/** Streams: items that are submitted while results are read, within a window. */
@NullMarked
package dev.motorpool.job.stream;

import org.jspecify.annotations.NullMarked;
