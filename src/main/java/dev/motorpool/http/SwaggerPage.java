package dev.motorpool.http;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.springdoc.webmvc.ui.SwaggerIndexTransformer;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.web.servlet.resource.ResourceTransformerChain;
import org.springframework.web.servlet.resource.TransformedResource;

/** The script that starts Swagger UI. It asks for an API key if the document requires one. */
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
