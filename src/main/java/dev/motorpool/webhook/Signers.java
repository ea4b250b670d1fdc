package dev.motorpool.webhook;

import java.util.Map;

/**
 * The signers of all receivers. Immutable.
 *
 * @param standard for receivers without secrets of their own
 * @param own by receiver: scheme, host and port of its URLs
 */
public record Signers(Signer standard, Map<String, Signer> own) {

    public Signers {
        own = Map.copyOf(own);
    }

    Signer forReceiver(String receiver) {
        return own.getOrDefault(receiver, standard);
    }
}
