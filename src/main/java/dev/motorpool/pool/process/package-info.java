/** Starts and watches worker processes, and kills them with all processes that they have started. */
@NullMarked
package dev.motorpool.pool.process;

import org.jspecify.annotations.NullMarked;
