package dev.motorpool.deploy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.util.FileSystemUtils;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;

/** The chart, rendered by Helm. */
final class Chart {

    static final Path FOLDER = Path.of("helm", "motorpool");

    static final String RELEASE = "prod";
    static final String NAMESPACE = "work";

    private static final String NOTES = "notes";

    private Chart() {}

    static LintResult lint() {
        return new Helm(FOLDER).lint().strict().call();
    }

    /**
     * The rendered objects with these values, which are YAML, over the chart's own.
     *
     * @throws IllegalStateException if Helm refuses them
     */
    static List<Manifest> template(String values) {
        return template(values, Map.of());
    }

    /** As {@link #template(String)}, in a namespace that has these secrets: JSON by name. */
    static List<Manifest> template(String values, Map<String, String> secrets) {
        return everything(values, secrets).stream()
                .filter(manifest -> !manifest.name().equals(NOTES))
                .toList();
    }

    private static List<Manifest> everything(String values, Map<String, String> secrets) {
        List<Manifest> manifests = new ArrayList<>();
        for (Object document : strict().loadAll(rendered(values, secrets))) {
            if (document != null) {
                manifests.add(Manifest.of(document));
            }
        }
        return manifests;
    }

    /** The notes of Helm after an install with these values. */
    static String notes(String values) {
        return Manifest.one(everything(values, Map.of()), "ConfigMap", NOTES).text("data", "notes");
    }

    private static String rendered(String values, Map<String, String> secrets) {
        try (Cluster cluster = new Cluster(secrets)) {
            Path folder = Files.createTempDirectory("chart");
            try {
                Path file = Files.writeString(folder.resolve("values.yaml"), values);
                return new Helm(copy(folder))
                        .template()
                        .withName(RELEASE)
                        .withNamespace(NAMESPACE)
                        .withKubeVersion(cluster.version())
                        .withValuesFile(file)
                        .call();
            } finally {
                FileSystemUtils.deleteRecursively(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A copy of the chart with its hooks and notes as usual objects, because Helm omits them from its output. */
    private static Path copy(Path folder) throws IOException {
        Path copy = folder.resolve("motorpool");
        FileSystemUtils.copyRecursively(FOLDER, copy);
        Path test = copy.resolve("templates/tests/apply.yaml");
        Files.writeString(test, Files.readString(test).replace("helm.sh/hook: test", "was-hook: test"));
        Files.writeString(copy.resolve("templates/" + NOTES + ".yaml"), """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: %s}
            data:
              notes: {{ include "motorpool/templates/NOTES.txt" . | quote }}
            """.formatted(NOTES));
        return copy;
    }

    /** A file of the chart. */
    static Map<String, Object> yaml(String file) throws IOException {
        return strict().load(Files.readString(FOLDER.resolve(file)));
    }

    /** A file of the chart that is JSON. */
    static JsonObject json(String file) throws IOException {
        return JsonParser.parseString(Files.readString(FOLDER.resolve(file))).getAsJsonObject();
    }

    /** A parser that refuses duplicate names, which Kubernetes would ignore in part. */
    private static Yaml strict() {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        return new Yaml(options);
    }

    /** A map of YAML, whose names are text. */
    static Map<String, Object> strings(Map<?, ?> map) {
        Map<String, Object> all = new LinkedHashMap<>();
        map.forEach((name, value) -> all.put((String) name, value));
        return all;
    }
}
