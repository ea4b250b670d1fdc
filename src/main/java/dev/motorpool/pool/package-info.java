/** Pools: a queue, slots in worker processes, and the supervision of both. */
@NullMarked
package dev.motorpool.pool;

import org.jspecify.annotations.NullMarked;
