package dev.motorpool.app;

import dev.motorpool.address.AddressGuard;
import dev.motorpool.address.Network;
import dev.motorpool.address.WebTarget;
import dev.motorpool.app.settings.InvalidConfigurationException;
import dev.motorpool.app.settings.MotorpoolSettings;
import dev.motorpool.function.signature.UrlRule;
import java.util.ArrayList;
import java.util.List;

/**
 * The addresses that functions and webhooks may reach. The service checks URLs before it queues a call; the workers
 * check the resolved addresses.
 */
final class EgressPolicy {

    /** The setting, and the system property of the workers. */
    static final String ALLOW = "motorpool.fetch.allow";

    private EgressPolicy() {}

    /** The setting for webhooks. */
    static final String WEBHOOKS = "motorpool.webhooks.allow";

    static UrlRule urls(MotorpoolSettings settings) {
        return rule(new AddressGuard(networks(settings), ALLOW));
    }

    /** The rule of the guard for URLs in requests. */
    static UrlRule rule(AddressGuard guard) {
        return url -> {
            String sentence = guard.objection(url);
            return sentence == null ? null : new UrlRule.Objection(sentence, WebTarget.isUrl(url));
        };
    }

    /** A service without keys listens on loopback only, so every caller can reach loopback anyway. */
    static List<Network> networks(MotorpoolSettings settings) {
        return networks(settings, settings.fetch().allow(), ALLOW);
    }

    /** The guard for webhooks: checks literal addresses as {@link #urls} does, and resolved names. */
    static AddressGuard webhooks(MotorpoolSettings settings) {
        return new AddressGuard(networks(settings, settings.webhooks().allow(), WEBHOOKS), WEBHOOKS);
    }

    private static List<Network> networks(MotorpoolSettings settings, List<String> allowed, String setting) {
        List<Network> networks = new ArrayList<>();
        if (settings.security().keys().isEmpty()) {
            networks.addAll(Network.parseList("127.0.0.0/8,::1"));
        }
        for (String network : allowed) {
            try {
                networks.add(Network.parse(network));
            } catch (IllegalArgumentException e) {
                throw new InvalidConfigurationException(
                        setting + " holds \"" + network + "\", which is no network: " + e.getMessage(),
                        "Write networks such as 10.0.0.0/8 or fd00::/8, or single addresses.");
            }
        }
        return networks;
    }
}
