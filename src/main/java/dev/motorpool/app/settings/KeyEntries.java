package dev.motorpool.app.settings;

import dev.motorpool.app.settings.MotorpoolSettings.KeyEntry;
import dev.motorpool.http.route.ApiKey;
import dev.motorpool.pool.Tenant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the configured API keys. Messages never repeat a hash, because it may be the key itself by mistake. */
public final class KeyEntries {

    private static final String ROOT = "motorpool.security.keys.";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9-]{1,64}");
    private static final Pattern TENANT = Pattern.compile("[A-Za-z0-9_-]{1,63}|\\*");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-fA-F]{64}");
    private static final String OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static final String HOW =
            "Make a key with 'openssl rand -hex 32', and its hash with 'printf %s KEY | sha256sum'.";

    private KeyEntries() {}

    public static List<ApiKey> all(MotorpoolSettings settings) {
        List<ApiKey> keys = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        settings.security().keys().forEach((name, entry) -> {
            check(name, entry);
            for (String hash : entry.sha256()) {
                if (!seen.add(hash.toLowerCase(Locale.ROOT))) {
                    throw new InvalidConfigurationException(
                            ROOT + name + ".sha256 is a hash that is there already.",
                            "Give each name a key of its own.");
                }
            }
            keys.add(new ApiKey(name, new Tenant(entry.tenant()), entry.sha256(), EnumSet.copyOf(entry.rights())));
        });
        return keys;
    }

    private static void check(String name, KeyEntry entry) {
        String key = ROOT + name;
        if (!NAME.matcher(name).matches()) {
            throw new InvalidConfigurationException(
                    key + " is no name of a key.", "Use 1 to 64 letters, digits and hyphens.");
        }
        if (!TENANT.matcher(entry.tenant()).matches()) {
            throw new InvalidConfigurationException(
                    key + ".tenant is no name of a tenant.",
                    "Use 1 to 63 letters, digits, hyphens and underscores, or * for a key that sees the jobs of all.");
        }
        if (entry.sha256().isEmpty()) {
            throw new InvalidConfigurationException(key + ".sha256 is missing.", HOW);
        }
        for (String hash : entry.sha256()) {
            if (!SHA256.matcher(hash).matches()) {
                throw new InvalidConfigurationException(
                        key + ".sha256 is not a SHA-256 of 64 hexadecimal digits, or several with commas between.",
                        "Put the hash of the key here, not the key. " + HOW);
            }
            if (hash.equalsIgnoreCase(OF_NOTHING)) {
                throw new InvalidConfigurationException(key + ".sha256 is the hash of an empty key.", HOW);
            }
        }
        if (entry.rights().isEmpty()) {
            throw new InvalidConfigurationException(
                    key + ".rights is missing.", "Set it to some of submit, read and operate, with commas between.");
        }
    }
}
