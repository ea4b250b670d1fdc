/** Webhooks: signing, the schedule of deliveries, receivers, and sending. */
@NullMarked
package dev.motorpool.webhook;

import org.jspecify.annotations.NullMarked;
