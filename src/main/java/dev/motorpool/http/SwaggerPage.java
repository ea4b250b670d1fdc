package dev.motorpool.http;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.springdoc.webmvc.ui.SwaggerIndexTransformer;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.web.servlet.resource.ResourceTransformerChain;
import org.springframework.web.servlet.resource.TransformedResource;

/** The script that starts Swagger UI: it asks for an API key where the document is not to be had without one. */
final class SwaggerPage implements SwaggerIndexTransformer {

    private static final String NAME = "swagger-initializer.js";

    @Override
    public Resource transform(HttpServletRequest request, Resource resource, ResourceTransformerChain chain)
            throws IOException {
        if (!NAME.equals(resource.getFilename())) {
            return resource;
        }
        return new TransformedResource(resource, new ClassPathResource("openapi/" + NAME).getContentAsByteArray());
    }
}
