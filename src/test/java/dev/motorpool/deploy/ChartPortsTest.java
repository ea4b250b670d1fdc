package dev.motorpool.deploy;

import static dev.motorpool.deploy.Manifest.one;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Ports and TLS: clients of the pod use its actual ports and protocols, and the network policy permits them. */
@Tag("service")
class ChartPortsTest {

    private static final String MONITORED =
            "metrics: {serviceMonitor: {enabled: true}, prometheusRule: {enabled: true}}\n";
    private static final String TLS = MONITORED + "tls: {existingSecret: certificate}\n";
    private static final String PORT = MONITORED + "managementPort: 9464\n";
    private static final String FROM = "networkPolicy: {from: [{podSelector: {matchLabels: {calls: motorpool}}}]}\n";
    private static final String METRICS_FROM = """
        networkPolicy:
          from: [{podSelector: {matchLabels: {calls: motorpool}}}]
          metricsFrom: [{namespaceSelector: {matchLabels: {team: monitoring}}}]
        """;

    @Test
    void usuallyAllIsOnOnePortWithoutTls() {
        List<Manifest> manifests = Chart.template(MONITORED);

        assertThat(probed(manifests)).containsOnly("http HTTP");
        assertThat(scraped(manifests)).isEqualTo("prod-motorpool http http");
        assertThat(one(manifests, "Service", "prod-motorpool").text("spec", "ports", 0, "appProtocol"))
                .isEqualTo("http");
        assertThat(one(manifests, "ConfigMap").text("data", "application.yaml")).doesNotContain("management:", "ssl:");
    }

    @Test
    void withTlsAllOfThemSpeakIt() {
        List<Manifest> manifests = Chart.template(TLS);

        assertThat(probed(manifests)).containsOnly("http HTTPS");
        assertThat(scraped(manifests)).isEqualTo("prod-motorpool http https");
        assertThat(one(manifests, "Service", "prod-motorpool").text("spec", "ports", 0, "appProtocol"))
                .isEqualTo("https");
        Manifest monitor = one(manifests, "ServiceMonitor");
        assertThat(monitor.text("spec", "endpoints", 0, "tlsConfig", "ca", "secret", "name"))
                .isEqualTo("certificate");
        assertThat(monitor.text("spec", "endpoints", 0, "tlsConfig", "serverName"))
                .isEqualTo("prod-motorpool.work.svc");
        String command = one(manifests, "Pod").text("spec", "containers", 0, "command", 2);
        assertThat(command).contains("https://$NAME:$PORT/v1/apply", "--cacert /tls/tls.crt", "helmTest.image");
        // The pod of helm test gets the certificate, not its key.
        assertThat(one(manifests, "Pod")
                        .at("spec", "volumes", 0, "secret", "items")
                        .getAsJsonArray())
                .hasSize(1)
                .hasToString("[{\"key\":\"tls.crt\",\"path\":\"tls.crt\"}]");

        assertThat(one(Chart.template(TLS + "helmTest: {image: curl}"), "Pod").text("spec", "containers", 0, "image"))
                .isEqualTo("curl");
        assertThat(one(
                                Chart.template(
                                        MONITORED + "tls: {existingSecret: certificate, serverName: pool.example.org}"),
                                "ServiceMonitor")
                        .text("spec", "endpoints", 0, "tlsConfig", "serverName"))
                .isEqualTo("pool.example.org");
    }

    @Test
    void aManagementPortIsForProbesAndPrometheusAndNotForClients() {
        List<Manifest> manifests = Chart.template(PORT);

        assertThat(probed(manifests)).containsOnly("management HTTP");
        assertThat(scraped(manifests)).isEqualTo("prod-motorpool-pods management http");
        assertThat(one(manifests, "Service", "prod-motorpool")
                        .at("spec", "ports")
                        .getAsJsonArray())
                .hasSize(1);
        assertThat(one(manifests, "StatefulSet")
                        .at("spec", "template", "spec", "containers", 0, "ports", 1, "containerPort")
                        .getAsInt())
                .isEqualTo(9464);
        assertThat(probed(Chart.template(PORT + "tls: {existingSecret: certificate}")))
                .containsOnly("management HTTPS");
    }

    /** Port and scheme of each probe. */
    private static List<String> probed(List<Manifest> manifests) {
        List<String> all = new ArrayList<>();
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            Manifest set = one(manifests, "StatefulSet");
            JsonObject asked = set.at("spec", "template", "spec", "containers", 0, probe, "httpGet")
                    .getAsJsonObject();
            all.add(asked.get("port").getAsString() + " " + asked.get("scheme").getAsString());
        }
        return all;
    }

    /** The one service that Prometheus finds, with the port and the scheme of the scrape. */
    private static String scraped(List<Manifest> manifests) {
        Manifest monitor = one(manifests, "ServiceMonitor");
        String port = monitor.text("spec", "endpoints", 0, "port");
        List<Manifest> found = manifests.stream()
                .filter(manifest -> manifest.kind().equals("Service"))
                .filter(manifest ->
                        manifest.at("metadata", "labels").getAsJsonObject().has("motorpool.dev/scrape"))
                .toList();
        assertThat(found).hasSize(1);
        assertThat(found.getFirst().at("spec", "ports").getAsJsonArray())
                .anyMatch(
                        each -> each.getAsJsonObject().get("name").getAsString().equals(port));
        return found.getFirst().name() + " " + port + " " + monitor.text("spec", "endpoints", 0, "scheme");
    }

    @Test
    void whoMayCallIsLetInAndSoAreHelmTestAndPrometheus() {
        assertThat(ingress(Chart.template(""))).containsExactly("http from all");
        assertThat(ingress(Chart.template(PORT))).containsExactly("http from all", "management from all");
        assertThat(ingress(Chart.template(FROM))).containsExactly("http from calls=motorpool, test");
        assertThat(ingress(Chart.template(FROM + PORT)))
                .containsExactly("http from calls=motorpool, test", "management from calls=motorpool");
        assertThat(ingress(Chart.template(METRICS_FROM)))
                .containsExactly("http from calls=motorpool, test, team=monitoring");
        assertThat(ingress(Chart.template(METRICS_FROM + PORT)))
                .containsExactly("http from calls=motorpool, test", "management from team=monitoring");
    }

    /** Port and peers of each rule; the peer with the labels of the pod of helm test is called test. */
    private static List<String> ingress(List<Manifest> manifests) {
        JsonElement test = one(manifests, "Pod").at("metadata", "labels");
        List<String> rules = new ArrayList<>();
        for (JsonElement rule :
                one(manifests, "NetworkPolicy").at("spec", "ingress").getAsJsonArray()) {
            JsonObject asked = rule.getAsJsonObject();
            List<String> peers = new ArrayList<>();
            JsonArray from = asked.has("from") ? asked.getAsJsonArray("from") : new JsonArray();
            for (JsonElement peer : from) {
                peer.getAsJsonObject().entrySet().forEach(selector -> {
                    JsonObject labels = selector.getValue().getAsJsonObject().getAsJsonObject("matchLabels");
                    peers.add(
                            test.getAsJsonObject().entrySet().containsAll(labels.entrySet())
                                    ? "test"
                                    : labels.toString().replaceAll("[{}\"]", "").replace(':', '='));
                });
            }
            String port = asked.getAsJsonArray("ports")
                    .get(0)
                    .getAsJsonObject()
                    .get("port")
                    .getAsString();
            rules.add(port + " from " + (peers.isEmpty() ? "all" : String.join(", ", peers)));
        }
        return rules;
    }

    @Test
    void namesAreResolvedWhereTheClusterDoesIt() {
        Manifest usual = one(Chart.template(""), "NetworkPolicy");
        assertThat(usual.at("spec", "egress", 0, "to"))
                .hasToString(
                        "[{\"namespaceSelector\":{\"matchLabels\":{\"kubernetes.io/metadata.name\":\"kube-system\"}},"
                                + "\"podSelector\":{\"matchLabels\":{\"k8s-app\":\"kube-dns\"}}}]");
        assertThat(usual.at("spec", "egress", 0, "ports"))
                .hasToString("[{\"port\":53,\"protocol\":\"UDP\"},{\"port\":53,\"protocol\":\"TCP\"}]");

        String onNode = "networkPolicy: {egress: {dns: [{ipBlock: {cidr: 169.254.20.10/32}}]}}";
        assertThat(one(Chart.template(onNode), "NetworkPolicy").at("spec", "egress", 0, "to"))
                .hasToString("[{\"ipBlock\":{\"cidr\":\"169.254.20.10/32\"}}]");
        // Every rule has a destination.
        for (JsonElement rule : usual.at("spec", "egress").getAsJsonArray()) {
            assertThat(rule.getAsJsonObject().getAsJsonArray("to")).isNotEmpty();
        }
    }

    @Test
    void theTestPodIsNoneOfTheService() {
        List<Manifest> manifests = Chart.template("");
        JsonObject selector = one(manifests, "StatefulSet")
                .at("spec", "selector", "matchLabels")
                .getAsJsonObject();
        JsonObject labels = one(manifests, "Pod").at("metadata", "labels").getAsJsonObject();

        assertThat(labels.entrySet()).doesNotContainSequence(selector.entrySet());
        assertThat(labels.get("app.kubernetes.io/name")).isNotEqualTo(selector.get("app.kubernetes.io/name"));
    }

    @Test
    void alertsLeadToARunbookWhereThereIsOne() {
        assertThat(one(Chart.template(MONITORED), "PrometheusRule").json().toString())
                .doesNotContain("runbook_url");
        String there = "metrics: {prometheusRule: {enabled: true, runbookUrl: 'https://wiki.example.org/pool'}}";
        for (JsonElement each : one(Chart.template(there), "PrometheusRule")
                .at("spec", "groups", 0, "rules")
                .getAsJsonArray()) {
            assertThat(each.getAsJsonObject()
                            .getAsJsonObject("annotations")
                            .get("runbook_url")
                            .getAsString())
                    .matches("https://wiki\\.example\\.org/pool#[a-z-]+");
        }
    }
}
