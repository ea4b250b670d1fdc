/** Processes that functions have started. */
@NullMarked
package dev.motorpool.worker.process;

import org.jspecify.annotations.NullMarked;
