package dev.motorpool.webhook;

import dev.motorpool.json.RawJson;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.StringJoiner;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs messages as specified by Standard Webhooks: {@code v1,} and base64 of HMAC-SHA256 over id, timestamp and body,
 * joined by full stops. During a rotation of secrets there is a signature for each of them. Thread-safe.
 */
public final class Signer {

    private static final String ALGORITHM = "HmacSHA256";
    private static final String PREFIX = "whsec_";
    private static final int SHORTEST = 24;
    private static final int LONGEST = 64;

    /**
     * One initialized MAC for each secret. They are never used themselves but copied, which costs less than a new one.
     */
    private final List<Mac> macs;

    private Signer(List<Mac> macs) {
        this.macs = macs;
    }

    /**
     * A signer with these secrets.
     *
     * @param secrets each {@code whsec_} and base64 of 24 to 64 bytes, the newest first
     * @throws IllegalArgumentException if a secret is invalid; the message does not contain the secret
     */
    public static Signer of(List<String> secrets) {
        return new Signer(secrets.stream().map(Signer::key).map(Signer::mac).toList());
    }

    private static SecretKeySpec key(String secret) {
        byte[] bytes;
        try {
            bytes = secret.startsWith(PREFIX)
                    ? Base64.getDecoder().decode(secret.substring(PREFIX.length()))
                    : new byte[0];
        } catch (IllegalArgumentException noBase64) {
            bytes = new byte[0];
        }
        if (bytes.length < SHORTEST || bytes.length > LONGEST) {
            throw new IllegalArgumentException(
                    "A secret is whsec_ and the base64 of " + SHORTEST + " to " + LONGEST + " random bytes.");
        }
        return new SecretKeySpec(bytes, ALGORITHM);
    }

    /** The text of a secret of these bytes. */
    public static String secret(byte[] bytes) {
        return PREFIX + Base64.getEncoder().encodeToString(bytes);
    }

    /**
     * The value of {@code webhook-signature}.
     *
     * @param id of the message
     * @param timestamp of this try, in seconds since 1970
     */
    String sign(String id, long timestamp, RawJson body) {
        byte[] head = (id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8);
        StringJoiner signatures = new StringJoiner(" ");
        for (Mac mac : macs) {
            signatures.add("v1," + Base64.getEncoder().encodeToString(sign(copy(mac), head, body)));
        }
        return signatures.toString();
    }

    private static byte[] sign(Mac mac, byte[] head, RawJson body) {
        mac.update(head);
        mac.update(body.bytes(), body.offset(), body.length());
        return mac.doFinal();
    }

    private static Mac copy(Mac mac) {
        try {
            return (Mac) mac.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JDK's own " + ALGORITHM + " can be copied", e);
        }
    }

    private static Mac mac(SecretKeySpec key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }
}
