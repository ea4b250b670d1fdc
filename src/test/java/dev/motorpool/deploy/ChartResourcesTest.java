package dev.motorpool.deploy;

import static dev.motorpool.deploy.Manifest.one;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import io.kubernetes.client.custom.Quantity;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The pod's requests never exceed its limits, for any combination of given values. */
@Tag("service")
class ChartResourcesTest {

    /** Values, and the resulting memory, cpu and ephemeral-storage, as request/limit. */
    static final List<String> GIVEN = List.of(
            " # 2149Mi/2149Mi 1/2 64Mi/1024Mi",
            "resources: {limits: {memory: 2Gi}} # 2Gi/2Gi 1/2 64Mi/1024Mi",
            "resources: {limits: {memory: 2147483648}} # 2147483648/2147483648 1/2 64Mi/1024Mi",
            "resources: {limits: {memory: 8Gi}} # 2149Mi/8Gi 1/2 64Mi/1024Mi",
            "resources: {requests: {memory: 8Gi}} # 8Gi/8Gi 1/2 64Mi/1024Mi",
            "resources: {requests: {memory: 1500M}} # 1500M/2149Mi 1/2 64Mi/1024Mi",
            "resources: {limits: {cpu: 500m}} # 2149Mi/2149Mi 500m/500m 64Mi/1024Mi",
            "resources: {requests: {cpu: 4}} # 2149Mi/2149Mi 4/4 64Mi/1024Mi",
            "resources: {requests: {cpu: 0.25}, limits: {cpu: null}} # 2149Mi/2149Mi 0.25/none 64Mi/1024Mi",
            "resources: {requests: {cpu: null}} # 2149Mi/2149Mi none/2 64Mi/1024Mi",
            "resources: {limits: null} # 2149Mi/2149Mi 1/none 64Mi/none",
            "resources: {requests: {ephemeral-storage: 3Gi}} # 2149Mi/2149Mi 1/2 3Gi/3Gi",
            "resources: {limits: {ephemeral-storage: 50M}} # 2149Mi/2149Mi 1/2 50M/50M",
            "tmpSize: 1Gi # 2149Mi/2149Mi 1/2 64Mi/1792Mi",
            "functions: {image: x, size: 1Gi} # 2149Mi/2149Mi 1/2 64Mi/2048Mi",
            "persistence: {enabled: false} # 2149Mi/2149Mi 1/2 64Mi/11264Mi",
            "persistence: {enabled: false, size: 1.5Gi} # 2149Mi/2149Mi 1/2 64Mi/2560Mi");

    @ParameterizedTest
    @FieldSource("GIVEN")
    void aRequestIsNeverAboveItsLimit(String given) {
        String[] parts = given.split("# ", 2);
        JsonObject resources = resources(parts[0]);

        assertThat(both(resources, "memory") + " " + both(resources, "cpu") + " "
                        + both(resources, "ephemeral-storage"))
                .isEqualTo(parts[1]);
        JsonObject limits = resources.getAsJsonObject("limits");
        resources.getAsJsonObject("requests").entrySet().stream()
                .filter(request -> limits.has(request.getKey()))
                .forEach(request -> assertThat(amount(request.getValue().getAsString()))
                        .as(request.getKey())
                        .isLessThanOrEqualTo(amount(limits.get(request.getKey()).getAsString())));
    }

    @Test
    void whatContradictsItselfIsRefused() {
        for (String name : List.of("memory", "cpu", "ephemeral-storage", "example.org/card")) {
            String both = "resources: {requests: {%1$s: 3k}, limits: {%1$s: 2.9k}}".formatted(name);

            assertThatThrownBy(() -> Chart.template(both))
                    .hasMessageContaining("resources.requests." + name + " is above resources.limits." + name);
        }
        assertThat(both(
                        resources("resources: {requests: {example.org/card: 1}, limits: {example.org/card: 1}}"),
                        "example.org/card"))
                .isEqualTo("1/1");
    }

    @Test
    void withoutAClaimTheDataHasARoom() {
        Manifest set = one(Chart.template("persistence: {enabled: false, size: 3Gi}"), "StatefulSet");

        assertThat(set.at("spec", "template", "spec", "volumes").toString())
                .contains("{\"name\":\"data\",\"emptyDir\":{\"sizeLimit\":\"3Gi\"}}");
    }

    private static JsonObject resources(String values) {
        return one(Chart.template(values), "StatefulSet")
                .at("spec", "template", "spec", "containers", 0, "resources")
                .getAsJsonObject();
    }

    private static String both(JsonObject resources, String name) {
        return text(resources.getAsJsonObject("requests"), name) + "/"
                + text(resources.getAsJsonObject("limits"), name);
    }

    private static String text(JsonObject amounts, String name) {
        return amounts.has(name) ? amounts.get(name).getAsString() : "none";
    }

    private static BigDecimal amount(String quantity) {
        return new Quantity(quantity).getNumber();
    }
}
