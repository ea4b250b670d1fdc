package dev.motorpool.deploy;

import static dev.motorpool.deploy.Manifest.one;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.motorpool.app.ConfigurationFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Where the service in a pod finds functions. */
@Tag("service")
class ChartFunctionsTest {

    /** Volumes and mounts of the name {@code functions}, as JSON. */
    private static List<String> functions(String values, String container) {
        JsonObject pod = one(Chart.template(values), "StatefulSet")
                .at("spec", "template", "spec")
                .getAsJsonObject();
        List<String> found = new ArrayList<>();
        add(found, pod.getAsJsonArray("volumes"));
        add(found, pod.getAsJsonArray(container).get(0).getAsJsonObject().get("volumeMounts"));
        return found;
    }

    private static void add(List<String> found, JsonElement array) {
        for (JsonElement each : array.getAsJsonArray()) {
            if (each.getAsJsonObject().get("name").getAsString().equals("functions")) {
                found.add(each.toString());
            }
        }
    }

    @Test
    void usuallyTheyAreInTheImage() {
        assertThat(functions("", "containers")).isEmpty();
        assertThat(one(Chart.template(""), "StatefulSet").toString()).doesNotContain("initContainers");
    }

    @Test
    void anImagesFolderIsCopiedBeforeTheServiceStarts() {
        String values = "functions: {image: 'registry.example.org/f:1', imageFolder: /srv/, size: 1Gi}";
        assertThat(functions(values, "containers"))
                .containsExactly(
                        "{\"name\":\"functions\",\"emptyDir\":{\"sizeLimit\":\"1Gi\"}}",
                        "{\"name\":\"functions\",\"mountPath\":\"/functions\",\"readOnly\":true}");
        assertThat(functions(values, "initContainers")).contains("{\"name\":\"functions\",\"mountPath\":\"/copied\"}");
        JsonObject copying = one(Chart.template(values), "StatefulSet")
                .at("spec", "template", "spec", "initContainers", 0)
                .getAsJsonObject();
        assertThat(copying.get("image").getAsString()).isEqualTo("registry.example.org/f:1");
        assertThat(copying.get("command").toString()).isEqualTo("[\"cp\",\"-R\",\"/srv/.\",\"/copied/\"]");
    }

    @Test
    void aConfigMapHasTheFilesOfOneRuntime() {
        assertThat(functions("functions: {configMap: scripts}", "containers"))
                .containsExactly(
                        "{\"name\":\"functions\",\"configMap\":{\"name\":\"scripts\",\"defaultMode\":292}}",
                        "{\"name\":\"functions\",\"mountPath\":\"/functions/python\",\"readOnly\":true}");
        assertThat(functions("functions: {configMap: scripts, configMapRuntime: programs}", "containers"))
                .containsExactly(
                        "{\"name\":\"functions\",\"configMap\":{\"name\":\"scripts\",\"defaultMode\":365}}",
                        "{\"name\":\"functions\",\"mountPath\":\"/functions/programs\",\"readOnly\":true}");
    }

    @Test
    void aClaimHasAllOfThem() {
        assertThat(functions("functions: {existingClaim: shared}", "containers"))
                .containsExactly(
                        "{\"name\":\"functions\",\"persistentVolumeClaim\":{\"claimName\":\"shared\",\"readOnly\":true}}",
                        "{\"name\":\"functions\",\"mountPath\":\"/functions\",\"readOnly\":true}");
    }

    @Test
    void theServiceReloadsAsTheValueSays() throws IOException {
        for (String reload : List.of("watch", "manual")) {
            String file = one(Chart.template("functions: {reload: " + reload + "}"), "ConfigMap")
                    .text("data", "application.yaml");
            assertThat(file).contains("directory: /functions", "reload: " + reload);
            assertThat(ConfigurationFile.pools(file, Map.of())).contains("threads");
        }
    }
}
