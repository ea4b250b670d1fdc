/** Jobs prefetched from the store and started in their pools. */
@NullMarked
package dev.motorpool.detached.feed;

import org.jspecify.annotations.NullMarked;
