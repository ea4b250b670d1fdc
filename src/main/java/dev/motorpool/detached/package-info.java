/** Detached jobs: their life in the store, their way to the pools and back, and who waits for them. */
@NullMarked
package dev.motorpool.detached;

import org.jspecify.annotations.NullMarked;
