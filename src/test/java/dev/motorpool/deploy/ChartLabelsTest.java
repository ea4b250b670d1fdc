package dev.motorpool.deploy;

import static dev.motorpool.deploy.Manifest.one;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each label occurs once, and all selectors match their objects, for any given labels. */
class ChartLabelsTest {

    private static final String SAME = """
        commonLabels: {app.kubernetes.io/part-of: platform, release: common, team: blue}
        podLabels: {app.kubernetes.io/part-of: pods, team: green}
        commonAnnotations: {checksum/configuration: mine, contact: on-call}
        podAnnotations: {checksum/configuration: other, contact: nobody}
        serviceAccount: {annotations: {contact: nobody}}
        metrics:
          serviceMonitor: {enabled: true, labels: {release: prometheus}}
          prometheusRule: {enabled: true}
          dashboards: {enabled: true, label: team}
        """;

    @Test
    void theNarrowerLabelWins() {
        List<Manifest> manifests = Chart.template(SAME);

        assertThat(manifests).allSatisfy(KubernetesTypes::check);
        Manifest set = one(manifests, "StatefulSet");
        assertThat(labels(set)).containsEntry("app.kubernetes.io/part-of", "platform");
        assertThat(labels(set)).containsEntry("team", "blue");
        assertThat(podLabels(set)).containsEntry("app.kubernetes.io/part-of", "pods");
        assertThat(podLabels(set)).containsEntry("team", "green").containsEntry("release", "common");
        assertThat(labels(one(manifests, "ServiceMonitor"))).containsEntry("release", "prometheus");
        assertThat(labels(one(manifests, "PrometheusRule"))).containsEntry("release", "common");
        assertThat(labels(one(manifests, "ConfigMap", "prod-motorpool-jobs"))).containsEntry("team", "1");
    }

    @Test
    void thePodsChecksumsAreTheChartsOwn() {
        JsonObject annotations = one(Chart.template(SAME), "StatefulSet")
                .at("spec", "template", "metadata", "annotations")
                .getAsJsonObject();

        assertThat(annotations.get("checksum/configuration").getAsString()).hasSize(64);
        assertThat(annotations.get("contact").getAsString()).isEqualTo("nobody");
    }

    @Test
    void whoeverSelectsFinds() {
        List<Manifest> manifests = Chart.template(SAME);
        Manifest set = one(manifests, "StatefulSet");

        for (JsonObject selector : List.of(
                set.at("spec", "selector", "matchLabels").getAsJsonObject(),
                one(manifests, "Service", "prod-motorpool")
                        .at("spec", "selector")
                        .getAsJsonObject(),
                one(manifests, "Service", "prod-motorpool-pods")
                        .at("spec", "selector")
                        .getAsJsonObject(),
                one(manifests, "PodDisruptionBudget")
                        .at("spec", "selector", "matchLabels")
                        .getAsJsonObject(),
                one(manifests, "NetworkPolicy")
                        .at("spec", "podSelector", "matchLabels")
                        .getAsJsonObject())) {
            assertThat(podLabels(set)).containsAllEntriesOf(Manifest.texts(selector));
        }
    }

    @Test
    void labelsThatObjectsAreFoundByAreRefused() {
        for (String place : List.of("commonLabels", "podLabels")) {
            for (String label : List.of(
                    "app.kubernetes.io/name",
                    "app.kubernetes.io/instance",
                    "app.kubernetes.io/managed-by",
                    "motorpool.dev/scrape")) {
                assertThatThrownBy(() -> Chart.template("%s: {%s: other}".formatted(place, label)))
                        .hasMessageContaining(place + ": " + label + " cannot be given here");
            }
        }
    }

    /**
     * With the policy that waits for readiness, a pod that never becomes ready blocks the revision that corrects it.
     */
    @Test
    void aBrokenPodIsReplaced() {
        assertThat(one(Chart.template(""), "StatefulSet").text("spec", "podManagementPolicy"))
                .isEqualTo("Parallel");
    }

    private static Map<String, String> labels(Manifest manifest) {
        return Manifest.texts(manifest.at("metadata", "labels").getAsJsonObject());
    }

    private static Map<String, String> podLabels(Manifest set) {
        return Manifest.texts(set.at("spec", "template", "metadata", "labels").getAsJsonObject());
    }
}
