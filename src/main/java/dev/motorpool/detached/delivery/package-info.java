/** Webhook deliveries in the store. */
@NullMarked
package dev.motorpool.detached.delivery;

import org.jspecify.annotations.NullMarked;
