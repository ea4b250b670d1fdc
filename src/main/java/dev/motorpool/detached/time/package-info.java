/** Relative times of jobs, right though the clock is set. */
@NullMarked
package dev.motorpool.detached.time;

import org.jspecify.annotations.NullMarked;
