package dev.motorpool.detached.model;

import dev.motorpool.json.RawJson;

/** A delivery with its body, ready to be sent. */
public record OutgoingDelivery(Delivery delivery, RawJson body) {

    /** Approximate bytes in memory. */
    public long bytes() {
        return body.length() + (long) delivery.log().length() + delivery.url().length();
    }
}
