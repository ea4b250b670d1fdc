/** Detached jobs: storage, execution in pools, and clients that wait for them. */
@NullMarked
package dev.motorpool.detached;

import org.jspecify.annotations.NullMarked;
