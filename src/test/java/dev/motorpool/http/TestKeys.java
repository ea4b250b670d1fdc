package dev.motorpool.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** API keys as settings. */
final class TestKeys {

    private TestKeys() {}

    /** The settings of a key with plain secrets; several while it is being replaced. */
    static List<String> settings(String name, String rights, String... secrets) {
        String hashes = Stream.of(secrets).map(TestKeys::hash).collect(Collectors.joining(","));
        return List.of(
                "--motorpool.security.keys." + name + ".rights=" + rights,
                "--motorpool.security.keys." + name + ".sha256=" + hashes);
    }

    static String hash(String secret) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(secret.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
