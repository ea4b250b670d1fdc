package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.http.ServiceExtension.Service;
import dev.motorpool.testing.PluginJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Functions of one's own in each language; {@link SourcesTest} has what happens to them. */
@Tag("service")
class LanguagesTest {

    @TempDir
    private static Path place;

    private static Path functions;
    private static Service service;
    private static CheckedClient client;

    @BeforeAll
    static void start() throws IOException {
        functions = place.resolve("functions");
        write("python/orders.py", "def total(prices: list[float]) -> float: return sum(prices)\n");
        write("node/geometry.mjs", "export function area(width, height) { return width * height }\n");
        write("programs/shout.sh", "#!/bin/sh\necho \"$1\" >&2\nprintf '%s' \"$1\" | tr a-z A-Z\n");
        write("programs/fails", "#!/bin/sh\necho 'no such luck' >&2\nexit 3\n");
        assertThat(functions.resolve("programs/shout.sh").toFile().setExecutable(true))
                .isTrue();
        assertThat(functions.resolve("programs/fails").toFile().setExecutable(true))
                .isTrue();
        Files.createDirectories(functions.resolve("java"));
        service = new Service("--motorpool.functions.directory=" + functions, "--motorpool.functions.reload=manual");
        client = service.client();
        client.post("/v1/sources/reload").is(200); // the start does not wait for long
    }

    @AfterAll
    static void stop() throws IOException {
        service.close();
    }

    private static void write(String file, String text) throws IOException {
        Path path = functions.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private static Answer call(String function, String args) throws IOException {
        return client.apply("{\"function\":\"" + function + "\",\"args\":" + args + "}");
    }

    @Test
    void aPythonFileCanBeCalled() throws IOException {
        if (!runs("python3", "-c", "import sys; sys.exit(sys.version_info < (3, 9))")) {
            System.out.println("LEFT OUT: there is no Python 3.9 here.");
            return;
        }
        assertThat(call("orders.total", "[[1, 2.5]]")
                        .is(200)
                        .json()
                        .path("value")
                        .asDouble())
                .isEqualTo(3.5);
    }

    @Test
    void aNodeFileCanBeCalled() throws IOException {
        if (!runs("node", "-e", "process.exit(process.versions.node.split('.')[0] < 21 ? 1 : 0)")
                && !runs("node", "-e", "require('module').register || process.exit(1)")) {
            System.out.println("LEFT OUT: there is no Node.js 20.6 here.");
            return;
        }
        assertThat(call("geometry.area", "[3, 4]").is(200).json().path("value").asInt())
                .isEqualTo(12);
        JsonNode function = client.get("/v1/functions/geometry.area").is(200).json();
        assertThat(function.path("runtime").asString()).isEqualTo("node");
        assertThat(function.path("pool").asString()).isEqualTo("node");
    }

    private static boolean runs(String... command) {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException | InterruptedException none) {
            return false;
        }
    }

    @Test
    void aProgramCanBeCalled() throws IOException {
        assertThat(call("shout", "[\"to be\"]").is(200).json().path("value").asString())
                .isEqualTo("TO BE");
        assertThat(client.get("/v1/functions/shout").is(200).json().path("pool").asString())
                .isEqualTo("programs");
        JsonNode failed = call("fails", "[]").is(422).json();
        assertThat(failed.path("exit_code").asInt()).isEqualTo(3);
        assertThat(failed.path("message").asString()).contains("no such luck");
    }

    @Test
    void aJarCanBeCalledBesideTheBuiltInFunctions() throws Exception {
        Path jar = PluginJar.of(place.resolve("greeting.jar"), "Greeting", """
            public class Greeting {
                public record Person(String name, int age) {}

                @Function
                public static String greet(Person person) {
                    return "Hello " + person.name();
                }
            }
            """, "-parameters");
        Files.move(jar, functions.resolve("java/greeting.jar"));
        client.post("/v1/sources/reload").is(200);
        JsonNode source = client.get("/v1/sources/greeting").is(200).json();
        assertThat(source.path("reason").asString("")).isEmpty();
        assertThat(source.path("functions").toString()).isEqualTo("[\"greet\"]");
        for (String pool : new String[] {"processes", "threads", "coroutines"}) {
            assertThat(client.apply("{\"function\":\"greet\",\"args\":[{\"name\":\"Ada\",\"age\":36}],\"pool\":\""
                                    + pool + "\"}")
                            .is(200)
                            .json()
                            .path("value")
                            .asString())
                    .isEqualTo("Hello Ada");
            client.apply("{\"function\":\"echo\",\"args\":[1],\"pool\":\"" + pool + "\"}")
                    .is(200);
        }
    }
}
