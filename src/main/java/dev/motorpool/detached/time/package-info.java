/** Relative times of jobs that remain right when the system clock is set. */
@NullMarked
package dev.motorpool.detached.time;

import org.jspecify.annotations.NullMarked;
