/** Attempts of jobs, and what their ends make of the jobs. */
@NullMarked
package dev.motorpool.detached.attempt;

import org.jspecify.annotations.NullMarked;
