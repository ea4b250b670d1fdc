package dev.motorpool.webhook;

import dev.motorpool.detached.model.Delivery;

/** Listens to the results of tries. Called by the threads that make them; must not wait. */
public interface DeliveryEvents {

    DeliveryEvents NONE = (delivery, outcome, nanos) -> {};

    /** How a try ended. */
    enum Outcome {
        /** The receiver has it. */
        DELIVERED,
        /** It is tried again. */
        RETRIED,
        /** It was the last try. */
        FAILED
    }

    /**
     * A try has ended.
     *
     * @param delivery as it was before the try
     * @param nanos time of the try
     */
    void tried(Delivery delivery, Outcome outcome, long nanos);
}
