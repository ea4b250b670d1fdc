package dev.motorpool.app;

import dev.motorpool.address.WebTarget;
import dev.motorpool.app.settings.InvalidConfigurationException;
import dev.motorpool.app.settings.MotorpoolSettings;
import dev.motorpool.webhook.Signer;
import dev.motorpool.webhook.Signers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The secrets that sign webhooks: configured ones, or one that the first start generates and stores in the data
 * directory.
 */
final class WebhookSecrets {

    private static final Logger LOG = LoggerFactory.getLogger(WebhookSecrets.class);
    private static final String FILE = "webhook-secret";
    private static final String KEY = "motorpool.webhooks.secrets";
    private static final int BYTES = 32;

    private final Path file;

    WebhookSecrets(Path dataDirectory) {
        this.file = dataDirectory.resolve(FILE);
    }

    Signers signers(MotorpoolSettings.Webhooks settings) {
        Map<String, Signer> own = new HashMap<>();
        settings.receivers().forEach((name, entry) -> {
            String key = "motorpool.webhooks.receivers." + name;
            String origin = origin(entry.origin(), key + ".origin");
            if (entry.secrets().isEmpty()) {
                throw new InvalidConfigurationException(
                        key + " has no secrets.", "Give it some with " + key + ".secrets, or leave it out.");
            }
            if (own.put(origin, signer(entry.secrets(), key + ".secrets")) != null) {
                throw new InvalidConfigurationException(
                        key + ".origin is " + origin + ", which another receiver has too.", "Leave one of them out.");
            }
        });
        Signer standard = settings.secrets().isEmpty()
                ? signer(List.of(kept()), file.toString())
                : signer(settings.secrets(), KEY);
        return new Signers(standard, own);
    }

    private static String origin(@Nullable String text, String key) {
        try {
            WebTarget target = WebTarget.parse(text == null ? "" : text);
            if (target.path().equals("/")) {
                return target.origin();
            }
        } catch (IllegalArgumentException noUrl) {
            // reported below
        }
        // Not repeated: it may contain a password.
        throw new InvalidConfigurationException(
                key + (text == null ? " is missing." : " is not scheme, host and port of a receiver."),
                "Write it like https://example.com or http://10.0.0.1:8000, without a path, a user name or a"
                        + " password.");
    }

    private static Signer signer(List<String> secrets, String key) {
        try {
            return Signer.of(secrets);
        } catch (IllegalArgumentException e) {
            throw new InvalidConfigurationException(
                    key + " holds something that is no secret for webhooks.", String.valueOf(e.getMessage()));
        }
    }

    /** The secret of this data directory, generated if there is none. */
    private String kept() {
        try {
            if (!Files.exists(file)) {
                make();
            }
            return Files.readString(file, StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            throw new InvalidConfigurationException(
                    file + ", with the secret that webhooks are signed with, cannot be read or made: " + e + ".",
                    "Make it readable for this user, or configure secrets with " + KEY + ".");
        }
    }

    /** Writes it atomically: a start may be killed at any moment. */
    private void make() throws IOException {
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        Path fresh = file.resolveSibling(FILE + ".new");
        Files.deleteIfExists(fresh);
        if (Files.getFileStore(file.toAbsolutePath().getParent()).supportsFileAttributeView("posix")) {
            Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        Files.writeString(
                fresh,
                Signer.secret(bytes) + "\n",
                StandardCharsets.US_ASCII,
                StandardOpenOption.CREATE,
                StandardOpenOption.SYNC);
        try {
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException made) {
            Files.delete(fresh);
        }
        LOG.info("Created the secret that signs webhooks: {}", file);
    }
}
