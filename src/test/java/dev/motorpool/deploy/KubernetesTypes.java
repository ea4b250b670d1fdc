package dev.motorpool.deploy;

import com.google.gson.JsonElement;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.kubernetes.client.openapi.JSON;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.util.Set;

/** The types of Kubernetes, and those of the operators, whose schemas are beside the tests. */
final class KubernetesTypes {

    private static final Set<String> OF_OPERATORS = Set.of("ServiceMonitor", "PrometheusRule", "HTTPRoute");

    private KubernetesTypes() {}

    /**
     * Fails if the object has a member that its type does not know, lacks a required one, or has one of a wrong type.
     */
    static void check(Manifest manifest) {
        try {
            if (OF_OPERATORS.contains(manifest.kind())) {
                checkOfOperator(manifest);
            } else {
                Class<?> type = Class.forName("io.kubernetes.client.openapi.models.V1" + manifest.kind());
                type.getMethod("validateJsonElement", JsonElement.class).invoke(null, manifest.json());
                JSON.deserialize(manifest.json().toString(), type);
            }
        } catch (InvocationTargetException e) {
            throw new AssertionError(manifest + ": " + e.getCause(), e.getCause());
        } catch (ReflectiveOperationException | IOException | RuntimeException e) {
            throw new AssertionError(manifest + ": " + e, e);
        }
    }

    private static void checkOfOperator(Manifest manifest) throws IOException {
        String name = "/deploy/" + manifest.kind() + ".schema.json";
        try (InputStream schema = KubernetesTypes.class.getResourceAsStream(name)) {
            Schema type = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(schema);
            var faults = type.validate(manifest.json().toString(), InputFormat.JSON);
            if (!faults.isEmpty()) {
                throw new IllegalArgumentException(faults.toString());
            }
        }
    }
}
