package dev.motorpool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the service ships of others, as the build's bill of materials lists it. Once the bill is there it needs no network. */
class DependenciesTest {

    /** Licences under which something may be shipped with the service; of several that are offered one will do. */
    private static final Set<String> ALLOWED = Set.of(
            "Apache-2.0",
            "MIT",
            "MIT-0",
            "BSD-2-Clause",
            "BSD-3-Clause",
            "CC0-1.0",
            "EPL-1.0",
            "EPL-2.0",
            "EDL-1.0",
            "ISC",
            "Unicode-3.0");

    private static final String NO_BILL =
            "The bill of materials is missing. Maven's plugin makes it only where it may use the network: after a"
                    + " 'clean' run './mvnw generate-resources' once without '-o'; it stays in target/";

    private static List<JsonNode> shipped = List.of();

    @BeforeAll
    static void read() throws IOException {
        try (InputStream in = Objects.requireNonNull(
                DependenciesTest.class.getResourceAsStream("/META-INF/sbom/application.cdx.json"), NO_BILL)) {
            JsonNode bill = new JsonMapper().readTree(in);
            shipped = StreamSupport.stream(bill.path("components").spliterator(), false)
                    .toList();
        }
    }

    private static String name(JsonNode component) {
        return component.path("group").asString() + ":" + component.path("name").asString();
    }

    @Test
    void theBillListsWhatIsShipped() {
        assertThat(shipped.stream().map(DependenciesTest::name))
                .contains("org.xerial:sqlite-jdbc", "org.apache.tomcat.embed:tomcat-embed-core", "org.slf4j:slf4j-api")
                .doesNotContain("com.tngtech.archunit:archunit", "org.junit.jupiter:junit-jupiter-api");
    }

    @Test
    void everythingIsUnderALicenceThatIsAllowed() {
        Map<String, Set<String>> others = new TreeMap<>();
        for (JsonNode component : shipped) {
            Set<String> licences = new TreeSet<>();
            for (JsonNode choice : component.path("licenses")) {
                JsonNode licence = choice.path("license");
                String word = choice.has("expression")
                        ? choice.path("expression").asString()
                        : licence.path(licence.has("id") ? "id" : "name").asString();
                licences.addAll(List.of(word.split(" OR ", -1)));
            }
            if (licences.stream().noneMatch(ALLOWED::contains)) {
                others.put(name(component), licences);
            }
        }
        assertThat(others).isEmpty();
    }

    @Test
    void nothingIsShippedInTwoVersions() {
        assertThat(shipped.stream().map(DependenciesTest::name)).doesNotHaveDuplicates();
    }

    @Test
    void noClassIsInTwoJars() throws IOException {
        Map<String, String> places = new TreeMap<>();
        List<String> twice = new ArrayList<>();
        for (Path jar : jars().toList()) {
            try (JarFile file = new JarFile(jar.toFile())) {
                file.stream()
                        .map(entry -> entry.getName())
                        .filter(entry -> entry.endsWith(".class")
                                && !entry.endsWith("module-info.class")
                                && !entry.startsWith("META-INF/"))
                        .forEach(entry -> {
                            String other = places.put(entry, jar.getFileName().toString());
                            if (other != null) {
                                twice.add(entry + " in " + other + " and " + jar.getFileName());
                            }
                        });
            }
        }
        assertThat(places).isNotEmpty();
        assertThat(twice).isEmpty();
    }

    /** The jars of the class path that are shipped. */
    private static Stream<Path> jars() {
        Set<String> names = new TreeSet<>();
        shipped.forEach(component -> names.add(component.path("name").asString() + "-"
                + component.path("version").asString() + ".jar"));
        return Stream.of(System.getProperty("java.class.path").split(java.io.File.pathSeparator, -1))
                .map(Path::of)
                .filter(path -> names.contains(path.getFileName().toString()));
    }
}
