/** Calls that clients wait for: {@code apply}, {@code map}, and their results. */
@NullMarked
package dev.motorpool.job.waited;

import org.jspecify.annotations.NullMarked;
