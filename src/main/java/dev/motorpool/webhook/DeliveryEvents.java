package dev.motorpool.webhook;

/** Hears what becomes of tries. Called by the threads that make them; must not wait. */
public interface DeliveryEvents {

    DeliveryEvents NONE = (outcome, nanos) -> {};

    /** How a try ended. */
    enum Outcome {
        /** The receiver has it. */
        DELIVERED,
        /** It is tried again. */
        RETRIED,
        /** It was the last try. */
        FAILED
    }

    void tried(Outcome outcome, long nanos);
}
