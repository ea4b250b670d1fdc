/** Deliveries of webhooks as the store has them. */
@NullMarked
package dev.motorpool.detached.delivery;

import org.jspecify.annotations.NullMarked;
