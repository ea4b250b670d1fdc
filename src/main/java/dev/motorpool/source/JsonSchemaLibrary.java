package dev.motorpool.source;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.motorpool.function.signature.SchemaLibrary;
import dev.motorpool.json.RawJson;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON Schema 2020-12 by a library. No schema is loaded from anywhere: references outside of a schema are refused. */
final class JsonSchemaLibrary implements SchemaLibrary {

    private static final int LONGEST_DETAIL = 500;

    private final JsonMapper mapper = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private final SchemaRegistry schemas = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private final Schema meta = schemas.getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));

    @Override
    public SchemaCheck compile(RawJson schema) {
        try {
            return compile(tree(schema));
        } catch (IllegalArgumentException known) {
            throw known;
        } catch (RuntimeException | StackOverflowError notUnderstood) {
            throw new IllegalArgumentException("the schema is none: " + notUnderstood.getMessage(), notUnderstood);
        }
    }

    private SchemaCheck compile(JsonNode tree) {
        for (String reference : tree.findValuesAsString("$ref")) {
            if (!reference.startsWith("#")) {
                throw new IllegalArgumentException("the reference " + reference + " points out of the schema");
            }
        }
        List<Error> faults = meta.validate(tree);
        if (!faults.isEmpty()) {
            Error fault = faults.getFirst();
            throw new IllegalArgumentException(
                    "the schema is none: at " + fault.getInstanceLocation() + ", " + fault.getMessage());
        }
        Schema compiled = schemas.getSchema(tree);
        compiled.initializeValidators();
        List<Error> _ = compiled.validate(mapper.nullNode()); // what is found out only at the first use
        return value -> objection(compiled, tree(value));
    }

    private static @Nullable Objection objection(Schema schema, JsonNode value) {
        List<Error> faults = schema.validate(value);
        if (faults.isEmpty()) {
            return null;
        }
        Error fault = faults.getFirst();
        String message = fault.getMessage();
        String detail = message.length() > LONGEST_DETAIL ? message.substring(0, LONGEST_DETAIL) + "..." : message;
        return new Objection(fault.getInstanceLocation().toString(), "does not fit its schema: " + detail);
    }

    private JsonNode tree(RawJson json) {
        return mapper.readTree(json.bytes(), json.offset(), json.length());
    }
}
