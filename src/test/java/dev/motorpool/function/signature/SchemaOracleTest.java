package dev.motorpool.function.signature;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.motorpool.function.PluginSamples;
import dev.motorpool.function.Samples;
import dev.motorpool.function.builtin.Builtins;
import dev.motorpool.function.method.MethodFunctions;
import dev.motorpool.json.MalformedJsonException;
import dev.motorpool.json.RandomJson;
import dev.motorpool.json.RawJson;
import dev.motorpool.json.StrictJson;
import java.math.BigDecimal;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.BigIntegerNode;
import tools.jackson.databind.node.ObjectNode;

/** The schema that a function shows and the check that it gets must say the same of every value. */
@Tag("service")
class SchemaOracleTest {

    private static final int ROUNDS = 2_000;

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    static Stream<String> names() {
        return Stream.concat(
                indexedNames(),
                MethodFunctions.of(List.of(PluginSamples.class)).registry().all().stream()
                        .map(FunctionDefinition::name));
    }

    static Stream<String> indexedNames() {
        return indexed().registry().all().stream().map(FunctionDefinition::name);
    }

    @ParameterizedTest
    @MethodSource("names")
    void checkAndSchemaAgree(String name) {
        FunctionDefinition function = registry().find(name).orElseThrow().definition();
        Schema schema = SCHEMAS.getSchema(MAPPER.readTree(function.parameters().toString()));
        Random random = new Random(name.hashCode());
        int taken = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String kwargs = kwargs(random, function);
            ArgumentFault fault = function.check(RawJson.EMPTY_ARRAY, RawJson.of(kwargs), url -> null);
            boolean valid =
                    schema.validate(withIntegers(MAPPER.readTree(kwargs))).isEmpty();
            assertThat(fault == null).as("%s: %s says %s", name, kwargs, fault).isEqualTo(valid);
            taken += valid ? 1 : 0;
        }
        assertThat(taken).as("values that %s takes", name).isGreaterThan(ROUNDS / 100);
    }

    @ParameterizedTest
    @MethodSource("names")
    void schemasAreSchemasAndTakeTheirDefaults(String name) {
        FunctionDefinition function = registry().find(name).orElseThrow().definition();
        Schema meta = SCHEMAS.getSchema(
                com.networknt.schema.SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));

        assertThat(meta.validate(MAPPER.readTree(function.parameters().toString())))
                .isEmpty();
        assertThat(meta.validate(MAPPER.readTree(function.returns().toString())))
                .isEmpty();
    }

    /** What a fresh worker makes from the index is the same function. */
    @ParameterizedTest
    @MethodSource("indexedNames")
    void theIndexKeepsAll(String name) throws MalformedJsonException {
        MethodFunctions registry = indexed();
        RawJson index = registry.index();
        StrictJson.check(index);
        MethodFunctions again = MethodFunctions.ofIndex(index);

        assertThat(again.describe()).isEqualTo(registry.describe());
        assertThat(again.index()).isEqualTo(index);
        FunctionDefinition function = registry.find(name).orElseThrow().definition();
        FunctionDefinition copy = again.find(name).orElseThrow().definition();
        Random random = new Random(5);
        for (int round = 0; round < 300; round++) {
            RawJson kwargs = RawJson.of(kwargs(random, function));
            assertThat(copy.check(RawJson.EMPTY_ARRAY, kwargs, url -> null))
                    .isEqualTo(function.check(RawJson.EMPTY_ARRAY, kwargs, url -> null));
        }
    }

    /** Numbers like 3.5e1 as the integers that they are: the validator fails at those beyond 64 bits. */
    private static JsonNode withIntegers(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.propertyNames().forEach(name -> object.set(name, withIntegers(object.get(name))));
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, withIntegers(array.get(i)));
            }
        } else if (node.isBigDecimal()) {
            BigDecimal value = node.decimalValue();
            if (value.stripTrailingZeros().scale() <= 0) {
                return BigIntegerNode.valueOf(value.toBigIntegerExact());
            }
        }
        return node;
    }

    private static MethodFunctions registry() {
        return MethodFunctions.of(
                Stream.concat(Stream.of(PluginSamples.class), holders()).toList());
    }

    private static MethodFunctions indexed() {
        return MethodFunctions.of(holders().toList());
    }

    private static Stream<Class<?>> holders() {
        return Stream.concat(Stream.of(Samples.class), Builtins.holders(true).stream());
    }

    /** An object in which parameters are sometimes missing, and sometimes one is unknown. */
    private static String kwargs(Random random, FunctionDefinition function) {
        StringBuilder kwargs = new StringBuilder("{");
        for (Parameter parameter : function.signature().parameters()) {
            if (random.nextInt(12) > 0) {
                separate(kwargs)
                        .append('"')
                        .append(parameter.name())
                        .append("\":")
                        .append(value(random, parameter));
            }
        }
        if (random.nextInt(12) == 0) {
            separate(kwargs).append("\"unknown\":1");
        }
        return kwargs.append('}').toString();
    }

    private static StringBuilder separate(StringBuilder kwargs) {
        return kwargs.length() > 1 ? kwargs.append(", ") : kwargs;
    }

    /** Half of the values are of a kind that the parameter may take. */
    private static String value(Random random, Parameter parameter) {
        if (random.nextBoolean()) {
            return RandomJson.text(random, 3);
        }
        return fitting(random, parameter.type());
    }

    private static String fitting(Random random, ValueType type) {
        if (random.nextInt(20) == 0) {
            return RandomJson.text(random, 1);
        }
        return switch (type) {
            case NumberType number -> RandomJson.number(random);
            case BooleanType truth -> Boolean.toString(random.nextBoolean());
            case StringType string -> RandomJson.string(random);
            case AnyType any -> RandomJson.text(random, 3);
            case EnumType constants -> random.nextBoolean() ? "\"SMALL\"" : "\"small\"";
            case RecordType record ->
                random.nextInt(9) == 0
                        ? "{\"name\":\"x\"}"
                        : "{\"name\":" + (random.nextInt(9) == 0 ? "1" : "\"x\"") + ",\"amount\":"
                                + random.nextInt(40_000) + ",\"size\":\"LARGE\""
                                + (random.nextBoolean() ? ",\"paid\":null" : ",\"paid\":true")
                                + (random.nextBoolean() ? ",\"unit_price\":null" : "") + "}";
            case OptionalType optional -> random.nextInt(3) == 0 ? "null" : fitting(random, optional.value());
            case CollectionType collection -> fitting(random, collection.list());
            case EnumMapType map ->
                random.nextInt(5) == 0 ? "{}" : "{\"MONDAY\":" + fitting(random, map.member()) + "}";
            case TextType text -> throw new AssertionError("random text is no " + text);
            case LibraryType library -> throw new AssertionError("a Java function has no such type");
            case NullableType nullable -> random.nextInt(3) == 0 ? "null" : fitting(random, nullable.type());
            case ListType list ->
                "["
                        + String.join(
                                ",",
                                Stream.generate(() -> fitting(random, list.element()))
                                        .limit(random.nextInt(3))
                                        .toList())
                        + "]";
            case MapType map -> random.nextInt(5) == 0 ? "{}" : "{\"k/\u00e4\":" + fitting(random, map.member()) + "}";
        };
    }
}
