package dev.motorpool.deploy;

import static dev.motorpool.deploy.Manifest.one;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.motorpool.app.ConfigurationFile;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Secrets that the chart generates or gets: their places, their lifetime, and the restarts that they cause. */
@Tag("service")
class ChartSecretsTest {

    private static final String KEYS = "prod-motorpool-keys";
    private static final String WEBHOOKS = """
        webhooks:
          secrets: [whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=]
          receivers:
            shop: {origin: "https://shop.example.com", secrets: [whsec_ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=]}
        """;

    @Test
    void theServiceTakesTheGeneratedKeys() throws Exception {
        String file = one(Chart.template(""), "Secret").text("stringData", "application.yaml");

        assertThat(ConfigurationFile.keys(file)).containsExactlyInAnyOrder("admin", "metrics");
    }

    @Test
    void aGeneratedKeyFitsItsHash() throws Exception {
        Manifest secret = one(Chart.template(""), "Secret");
        String configuration = secret.text("stringData", "application.yaml");
        for (String name : List.of("admin", "metrics")) {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(secret.text("stringData", name).getBytes(StandardCharsets.UTF_8));
            assertThat(configuration)
                    .contains(HexFormat.of().formatHex(digest))
                    .doesNotContain(secret.text("stringData", name));
        }
        assertThat(secret.text("metadata", "annotations", "helm.sh/resource-policy"))
                .isEqualTo("keep");
    }

    @Test
    void anUpgradeKeepsGeneratedKeysAndThePodThatHasThem() {
        List<Manifest> installed = Chart.template("");
        List<Manifest> upgraded = Chart.template("", Map.of(KEYS, there(one(installed, "Secret"))));

        JsonObject made = one(installed, "Secret").at("stringData").getAsJsonObject();
        JsonObject kept = one(upgraded, "Secret").at("data").getAsJsonObject();
        assertThat(kept.keySet()).isEqualTo(made.keySet());
        for (String entry : made.keySet()) {
            assertThat(kept.get(entry).getAsString())
                    .isEqualTo(base64(made.get(entry).getAsString()));
        }
        assertThat(one(upgraded, "Secret").has("stringData")).isFalse();
        assertThat(annotations(upgraded)).isEqualTo(annotations(installed));
    }

    /** A secret as in the cluster. */
    private static String there(Manifest secret) {
        JsonObject data = new JsonObject();
        secret.at("stringData")
                .getAsJsonObject()
                .entrySet()
                .forEach(each ->
                        data.addProperty(each.getKey(), base64(each.getValue().getAsString())));
        JsonObject there = secret.json().deepCopy();
        there.remove("stringData");
        there.add("data", data);
        return there.toString();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static JsonObject annotations(List<Manifest> manifests) {
        return one(manifests, "StatefulSet")
                .at("spec", "template", "metadata", "annotations")
                .getAsJsonObject();
    }

    @Test
    void whatTheChartRendersAnewStartsThePodAnew() {
        // New generated keys, other webhooks, other settings: each changes an annotation of the pod.
        assertThat(annotations(Chart.template("")).get("checksum/keys"))
                .isNotEqualTo(annotations(Chart.template("")).get("checksum/keys"));
        JsonObject before = annotations(Chart.template(WEBHOOKS + "keys: {existingSecret: ours}"));
        JsonObject after = annotations(Chart.template(
                WEBHOOKS.replace("MDEy", "MTEy") + "keys: {existingSecret: ours}\nsettings: {jobs: {backlog: 5}}"));
        assertThat(before.keySet()).containsExactlyInAnyOrder("checksum/configuration", "checksum/webhooks");
        assertThat(after.get("checksum/webhooks")).isNotEqualTo(before.get("checksum/webhooks"));
        assertThat(after.get("checksum/configuration")).isNotEqualTo(before.get("checksum/configuration"));
    }

    @Test
    void secretsOfWebhooksAreInASecretAndTheServiceReadsThem() throws Exception {
        List<Manifest> manifests = Chart.template(WEBHOOKS);
        Manifest secret = one(manifests, "Secret", "prod-motorpool-webhooks");

        assertThat(ConfigurationFile.receivers(secret.text("stringData", "application.yaml")))
                .containsExactly("shop");
        assertThat(manifests)
                .filteredOn(manifest -> !manifest.name().equals("prod-motorpool-webhooks"))
                .isNotEmpty()
                .noneMatch(manifest -> manifest.json().toString().contains("whsec_"));
        assertThat(mounted(manifests, "webhooks")).isEqualTo("prod-motorpool-webhooks");
        assertThat(locations(manifests)).endsWith(",file:/etc/motorpool/webhooks/");
    }

    @Test
    void secretsOfWebhooksMayBeThereAlready() {
        List<Manifest> manifests = Chart.template("webhooks: {existingSecret: hooks}");

        assertThat(mounted(manifests, "webhooks")).isEqualTo("hooks");
        assertThat(locations(manifests)).endsWith(",file:/etc/motorpool/webhooks/");
        assertThat(manifests.stream().map(Manifest::toString)).doesNotContain("Secret/prod-motorpool-webhooks");
        assertThat(locations(Chart.template(""))).doesNotContain("webhooks");
    }

    private static String mounted(List<Manifest> manifests, String volume) {
        JsonObject pod =
                one(manifests, "StatefulSet").at("spec", "template", "spec").getAsJsonObject();
        for (var each : pod.getAsJsonArray("volumes")) {
            if (each.getAsJsonObject().get("name").getAsString().equals(volume)) {
                return each.getAsJsonObject()
                        .getAsJsonObject("secret")
                        .get("secretName")
                        .getAsString();
            }
        }
        throw new AssertionError("no volume " + volume);
    }

    private static String locations(List<Manifest> manifests) {
        return one(manifests, "StatefulSet").text("spec", "template", "spec", "containers", 0, "env", 0, "value");
    }
}
