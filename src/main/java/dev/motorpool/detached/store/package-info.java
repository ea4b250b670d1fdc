/** Ports of the store of detached jobs. */
@NullMarked
package dev.motorpool.detached.store;

import org.jspecify.annotations.NullMarked;
