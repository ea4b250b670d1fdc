package dev.motorpool.app;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job that was answered with 202, or with 200 to a repeated key.
 *
 * @param state the expected final state
 * @param value the JSON of its value; null if it is expected to fail
 * @param delaySeconds how long after its submission it may start at the earliest
 * @param key the {@code Idempotency-Key} that it was submitted with; null: none
 * @param repeats how often it was submitted again
 * @param told whether its end has a webhook
 */
record PromisedJob(
        UUID id,
        String state,
        @Nullable String value,
        double delaySeconds,
        @Nullable String key,
        int repeats,
        boolean told) {}
