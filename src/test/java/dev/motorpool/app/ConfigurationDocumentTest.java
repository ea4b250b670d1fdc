package dev.motorpool.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.app.settings.DurationSetting;
import dev.motorpool.app.settings.MotorpoolSettings;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/** The table of settings in the documents matches the settings of the service: names, types, defaults. */
class ConfigurationDocumentTest {

    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `(motorpool\\.[^`]+)` \\| ([^|]+) \\| (?:`([^`]*)`)?([^|`]*) \\| (.+) \\|$");

    @Test
    void theTableIsTheTree() throws Exception {
        Map<String, String> tree = new TreeMap<>();
        add(tree, "motorpool", MotorpoolSettings.class);
        Map<String, String> table = new TreeMap<>();
        Matcher rows = ROW.matcher(Files.readString(Path.of("docs/configuration.md")));
        while (rows.find()) {
            String standard = rows.group(3) == null ? "" : rows.group(3);
            assertThat(rows.group(5)).as(rows.group(1)).isNotBlank();
            table.put(rows.group(1), rows.group(2).strip() + " = " + standard);
        }
        assertThat(String.join("\n", lines(table))).isEqualTo(String.join("\n", lines(tree)));
    }

    private static List<String> lines(Map<String, String> settings) {
        List<String> lines = new ArrayList<>();
        settings.forEach((key, value) -> lines.add(key + ": " + value));
        return lines;
    }

    private static void add(Map<String, String> tree, String prefix, Class<?> type) throws NoSuchMethodException {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        var parameters = type.getDeclaredConstructor(types).getParameters();
        for (int i = 0; i < components.length; i++) {
            String key = prefix + "." + kebab(components[i].getName());
            DefaultValue standard = parameters[i].getAnnotation(DefaultValue.class);
            add(tree, key, components[i].getGenericType(), standard == null ? "" : String.join(",", standard.value()));
        }
    }

    private static void add(Map<String, String> tree, String key, Type type, String standard)
            throws NoSuchMethodException {
        if (type instanceof ParameterizedType parameterized && parameterized.getRawType() == Map.class) {
            add(tree, key + ".<name>", parameterized.getActualTypeArguments()[1], "");
        } else if (type instanceof ParameterizedType list) {
            tree.put(key, "list of " + word((Class<?>) list.getActualTypeArguments()[0]) + " = " + standard);
        } else if (((Class<?>) type).isRecord() && type != DurationSetting.class) {
            add(tree, key, (Class<?>) type);
        } else {
            tree.put(key, word((Class<?>) type) + " = " + standard);
        }
    }

    private static String word(Class<?> type) {
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .map(each -> each.toString().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", "));
        }
        return Objects.requireNonNull(Map.<Class<?>, String>of(
                        String.class, "text",
                        boolean.class, "true or false",
                        Boolean.class, "true or false",
                        int.class, "integer",
                        long.class, "integer",
                        Integer.class, "integer",
                        DurationSetting.class, "seconds",
                        DataSize.class, "size")
                .get(type));
    }

    private static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
