/** Attempts of jobs, and the effects of their ends on the jobs. */
@NullMarked
package dev.motorpool.detached.attempt;

import org.jspecify.annotations.NullMarked;
