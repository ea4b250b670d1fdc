package dev.motorpool.http;

import io.swagger.v3.core.util.Json31;
import io.swagger.v3.core.util.Yaml31;
import java.io.IOException;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

/** Serves {@code openapi.yaml} as it is, and as JSON. Takes the place of what springdoc would make of the handlers. */
final class ApiDocument {

    private static final ClassPathResource FILE = new ClassPathResource("openapi/openapi.yaml");

    private static final MediaType YAML = MediaType.parseMediaType("application/vnd.oai.openapi");

    private ApiDocument() {}

    static RouterFunction<ServerResponse> routes() {
        return RouterFunctions.route()
                .GET(
                        "/v3/api-docs.yaml",
                        _ -> ServerResponse.ok().contentType(YAML).body(FILE.getContentAsByteArray()))
                .GET("/v3/api-docs", _ -> ServerResponse.ok()
                        .contentType(MediaType.APPLICATION_JSON)
                        .body(json()))
                .build();
    }

    private static byte[] json() throws IOException {
        return Json31.mapper().writeValueAsBytes(Yaml31.mapper().readTree(FILE.getContentAsByteArray()));
    }
}
