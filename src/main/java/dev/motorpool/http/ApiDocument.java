package dev.motorpool.http;

import dev.motorpool.http.route.MediaTypes;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.core.util.Yaml31;
import java.io.IOException;
import java.util.List;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Serves {@code openapi.yaml} unchanged, and converted to JSON. It replaces the document that springdoc would generate
 * from the handlers.
 */
final class ApiDocument {

    private static final ClassPathResource FILE = new ClassPathResource("openapi/openapi.yaml");

    private static final MediaType YAML = MediaType.parseMediaType("application/vnd.oai.openapi");

    private ApiDocument() {}

    static RouterFunction<ServerResponse> routes() {
        return RouterFunctions.route()
                .GET("/v3/api-docs.yaml", request -> answer(request, YAML, FILE::getContentAsByteArray))
                .GET("/v3/api-docs", request -> answer(request, MediaType.APPLICATION_JSON, ApiDocument::json))
                .build();
    }

    private interface Content {
        byte[] read() throws IOException;
    }

    private static ServerResponse answer(ServerRequest request, MediaType type, Content content)
            throws HttpMediaTypeNotAcceptableException, IOException {
        if (!MediaTypes.accepts(request.headers().firstHeader("Accept"), type.toString())) {
            throw new HttpMediaTypeNotAcceptableException(List.of(type));
        }
        return ServerResponse.ok().contentType(type).body(content.read());
    }

    private static byte[] json() throws IOException {
        return Json31.mapper().writeValueAsBytes(Yaml31.mapper().readTree(FILE.getContentAsByteArray()));
    }
}
