package dev.motorpool.deploy;

import static dev.motorpool.deploy.Manifest.one;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The objects that the chart renders from values. */
@Tag("service")
class ChartTest {

    static final String EVERYTHING = """
        commonLabels: {team: blue}
        commonAnnotations: {contact: on-call}
        image: {repository: registry.example.org/motorpool, tag: "1.2", pullSecrets: [pull]}
        persistence: {storageClass: fast, accessModes: [ReadWriteOncePod], annotations: {a: b}}
        pools:
          crunch: {kind: process, size: 3, threads-per-worker: 2, max-tasks-per-child: 100, memory-limit: 512MB,
                   queue-capacity: 7, default-timeout: 1.5, max-timeout: 60, runtime: java,
                   initializer: {function: echo, args: "[1]", kwargs: "{}"}}
          threads: {kind: thread, size: 4}
        functions: {image: "registry.example.org/functions:1.2", imageFolder: /srv/functions/, size: 1Gi, reload: manual}
        shutdown: {refuse: 0.5, grace: 90}
        preStopSeconds: 3
        settings:
          default-pool: {cpu: crunch}
          jobs: {backlog: 20000000}
          http: {allowed-hosts: [other.example.org]}
          fetch: {allow: [10.0.0.0/8], limit: 1MB, timeout: 2.5}
          runtimes: {python: {command: [python3, worker.py]}}
          security: {keys: {more: {sha256: [0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef], rights: [read]}}}
          webhooks: {concurrency: 4, retain: 60}
        webhooks:
          secrets: [whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=]
          receivers:
            shop: {origin: "https://shop.example.com", secrets: [whsec_ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=]}
        tls: {existingSecret: certificate}
        managementPort: 9464
        helmTest: {image: curl}
        application: {logging: {level: {root: info}}}
        workerHeapMiB: 128
        javaOptions: -XX:+ExitOnOutOfMemoryError
        extraEnv: [{name: TZ, value: UTC}]
        keys: {existingSecret: ours}
        service: {type: NodePort, nodePort: 30080, annotations: {c: d}}
        ingress:
          enabled: true
          className: nginx
          tls: [{secretName: cert, hosts: [motorpool.example.org]}]
        httpRoute: {enabled: true, parentRefs: [{name: gateway}], hostnames: [pool.example.org]}
        networkPolicy:
          from: [{podSelector: {matchLabels: {calls: motorpool}}}]
          metricsFrom: [{namespaceSelector: {matchLabels: {name: monitoring}}}]
          egress: {extra: [{to: [{ipBlock: {cidr: 10.1.0.0/16}}], ports: [{port: 443}]}]}
        metrics:
          serviceMonitor: {enabled: true, labels: {release: prometheus}}
          prometheusRule: {enabled: true, runbookUrl: "https://wiki.example.org/motorpool"}
          dashboards: {enabled: true}
        nodeSelector: {disk: fast}
        tolerations: [{key: a, operator: Exists}]
        affinity: {nodeAffinity: {}}
        priorityClassName: high
        podLabels: {e: f}
        podAnnotations: {g: h}
        """;

    private static final String LITTLE = """
        fullnameOverride: mine
        webhooks: {existingSecret: hooks}
        functions: {configMap: scripts}
        persistence: {enabled: false}
        podDisruptionBudget: {enabled: false}
        networkPolicy: {enabled: false}
        serviceAccount: {create: false}
        image: {digest: "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}
        """;

    static final List<String> VALUES = List.of("", EVERYTHING, LITTLE);

    @Test
    void helmFindsNoFault() {
        LintResult result = Chart.lint();

        assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
    }

    @ParameterizedTest
    @FieldSource("VALUES")
    void everyObjectIsOneThatKubernetesTakes(String values) {
        List<Manifest> manifests = Chart.template(values);

        assertThat(manifests).isNotEmpty().allSatisfy(KubernetesTypes::check);
        assertThat(manifests).allSatisfy(manifest -> {
            assertThat(manifest.text("metadata", "namespace")).isEqualTo(Chart.NAMESPACE);
            assertThat(manifest.at("metadata", "labels").getAsJsonObject().keySet())
                    .contains("app.kubernetes.io/name", "app.kubernetes.io/instance");
        });
        assertThat(manifests.stream().map(Manifest::toString)).doesNotHaveDuplicates();
    }

    @Test
    void whatIsSwitchedOnAndOff() {
        assertThat(Chart.template("").stream().map(Manifest::kind))
                .containsExactlyInAnyOrder(
                        "NetworkPolicy",
                        "PodDisruptionBudget",
                        "ServiceAccount",
                        "Secret",
                        "ConfigMap",
                        "Service",
                        "Service",
                        "StatefulSet",
                        "Pod");
        assertThat(Chart.template(LITTLE).stream().map(Manifest::kind))
                .containsExactlyInAnyOrder("Secret", "ConfigMap", "Service", "Service", "StatefulSet", "Pod");
        assertThat(new TreeSet<>(
                        Chart.template(EVERYTHING).stream().map(Manifest::kind).toList()))
                .contains("Ingress", "HTTPRoute", "ServiceMonitor", "PrometheusRule", "ConfigMap");
        assertThat(Chart.template(EVERYTHING).stream()
                        .filter(manifest -> manifest.kind().equals("Secret"))
                        .map(Manifest::name))
                .containsExactly("prod-motorpool-webhooks");
    }

    @ParameterizedTest
    @FieldSource("VALUES")
    void thePodIsLockedDown(String values) {
        List<Manifest> manifests = Chart.template(values);
        for (Manifest manifest : manifests) {
            if (!manifest.kind().equals("StatefulSet") && !manifest.kind().equals("Pod")) {
                continue;
            }
            JsonObject pod = (manifest.kind().equals("Pod")
                            ? manifest.at("spec")
                            : manifest.at("spec", "template", "spec"))
                    .getAsJsonObject();
            assertThat(pod.get("automountServiceAccountToken").getAsBoolean()).isFalse();
            JsonObject security = pod.getAsJsonObject("securityContext");
            assertThat(security.get("runAsNonRoot").getAsBoolean()).isTrue();
            assertThat(security.get("runAsUser").getAsInt()).isPositive();
            assertThat(security.getAsJsonObject("seccompProfile").get("type").getAsString())
                    .isEqualTo("RuntimeDefault");
            List<JsonElement> containers =
                    new ArrayList<>(pod.getAsJsonArray("containers").asList());
            if (pod.has("initContainers")) {
                containers.addAll(pod.getAsJsonArray("initContainers").asList());
            }
            for (JsonElement each : containers) {
                JsonObject container = each.getAsJsonObject().getAsJsonObject("securityContext");
                assertThat(container.get("readOnlyRootFilesystem").getAsBoolean())
                        .isTrue();
                assertThat(container.get("allowPrivilegeEscalation").getAsBoolean())
                        .isFalse();
                assertThat(container.getAsJsonObject("capabilities").toString()).isEqualTo("{\"drop\":[\"ALL\"]}");
            }
        }
    }

    @Test
    void thePodHasTimeToDrainAndMemoryForItsPools() {
        Manifest usual = one(Chart.template(""), "StatefulSet");
        // 5 before SIGTERM, 1 of refusals, 30 of grace, 15 for the rest.
        assertThat(usual.at("spec", "template", "spec", "terminationGracePeriodSeconds")
                        .getAsInt())
                .isEqualTo(51);
        // 512 + 256 for the service; 2 x 320; 320 + 15 x 4 + 2; 320 + 10,000 x 4 / 1024.
        assertThat(memory(usual)).isEqualTo("2149Mi");

        Manifest everything = one(Chart.template(EVERYTHING), "StatefulSet");
        assertThat(everything
                        .at("spec", "template", "spec", "terminationGracePeriodSeconds")
                        .getAsInt())
                .isEqualTo(3 + 1 + 90 + 15);
        // 768; 3 x (192 + 1); 2 x 192; 192 + 1; 192.
        assertThat(memory(everything)).isEqualTo("2116Mi");

        String threads = "pools: {threads: {size: 801}, processes: {size: 3, threads-per-worker: 17}}";
        // 768; 3 x (320 + 16 x 4 + 2); 320 + 800 x 4 + 100; 359.
        assertThat(memory(one(Chart.template(threads), "StatefulSet"))).isEqualTo("5905Mi");

        Manifest given = one(Chart.template("resources: {limits: {memory: 5Gi, cpu: null}}"), "StatefulSet");
        assertThat(memory(given)).isEqualTo("5Gi");
    }

    private static String memory(Manifest set) {
        return set.text("spec", "template", "spec", "containers", 0, "resources", "limits", "memory");
    }

    @Test
    void theReadmeTellsEveryValue() throws IOException {
        String readme = Files.readString(Chart.FOLDER.resolve("README.md"));
        List<String> missing = new ArrayList<>();
        names("", Chart.yaml("values.yaml")).forEach(name -> {
            if (!Pattern.compile("(?m)^\\| `" + Pattern.quote(name) + "` \\|")
                    .matcher(readme)
                    .find()) {
                missing.add(name);
            }
        });

        assertThat(missing).isEmpty();
    }

    /** The paths of all values; for pools and the like, which are one value, only the first name. */
    private static Stream<String> names(String before, Map<String, Object> values) {
        return values.entrySet().stream().flatMap(entry -> {
            String name = before + entry.getKey();
            return entry.getValue() instanceof Map<?, ?> map
                            && !map.isEmpty()
                            && !name.matches("pools|.*[sS]ecurityContext")
                    ? names(name + ".", Chart.strings(map))
                    : Stream.of(name);
        });
    }
}
