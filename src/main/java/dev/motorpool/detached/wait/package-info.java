/** Lookups of jobs, waits for their ends, streams of their results and events. */
@NullMarked
package dev.motorpool.detached.wait;

import org.jspecify.annotations.NullMarked;
