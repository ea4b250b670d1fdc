package dev.motorpool.detached.model;

import dev.motorpool.json.RawJson;

/** A delivery with all that is needed to send it. */
public record OutgoingDelivery(Delivery delivery, RawJson body) {

    /** About what it takes in memory. */
    public long bytes() {
        return body.length() + (long) delivery.log().length() + delivery.url().length();
    }
}
