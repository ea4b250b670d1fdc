package dev.motorpool.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.pool.PoolState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Dashboards and alerts have descriptions, use existing metrics, and link to a runbook. */
class DashboardsTest {

    private static final Path OPERATIONS = Path.of("docs", "operations.md");
    private static final Set<String> OF_GRAFANA = Set.of("__rate_interval", "__all");

    @Test
    void everyPanelHasAUnitADescriptionAndThresholds() throws IOException {
        List<String> ids = new ArrayList<>();
        for (JsonNode dashboard : Dashboards.all()) {
            ids.add(dashboard.get("uid").asString());
            for (JsonNode panel : Dashboards.panels(dashboard)) {
                JsonNode defaults = panel.get("fieldConfig").get("defaults");
                String name = dashboard.get("title") + ": " + panel.get("title");
                assertThat(panel.get("description").asString()).as(name).hasSizeGreaterThan(10);
                assertThat(defaults.get("unit").asString()).as(name).isNotEmpty();
                assertThat(defaults.get("thresholds").get("steps").size())
                        .as(name)
                        .isGreaterThan(1);
                assertThat(showsThresholds(panel)).as(name).isTrue();
                assertThat(panel.get("targets").size()).as(name).isPositive();
                for (JsonNode target : panel.get("targets")) {
                    assertThat(target.get("legendFormat").asString()).as(name).isNotEmpty();
                }
                assertThat(panel.get("datasource").get("uid").asString()).isEqualTo("${datasource}");
            }
        }
        assertThat(ids).hasSize(3).doesNotHaveDuplicates();
    }

    /** By the color of the value, or by lines or areas behind the curves. */
    private static boolean showsThresholds(JsonNode panel) {
        JsonNode defaults = panel.get("fieldConfig").get("defaults");
        return panel.get("type").asString().equals("timeseries")
                ? !defaults.get("custom")
                        .get("thresholdsStyle")
                        .get("mode")
                        .asString()
                        .equals("off")
                : defaults.get("color").get("mode").asString().equals("thresholds")
                        && !panel.get("options").get("colorMode").asString().equals("none");
    }

    @Test
    void stepsOfThresholdsRiseAndChangeTheColour() throws IOException {
        for (JsonNode dashboard : Dashboards.all()) {
            for (JsonNode panel : Dashboards.panels(dashboard)) {
                String name = dashboard.get("title") + ": " + panel.get("title");
                List<Double> from = new ArrayList<>();
                List<String> colours = new ArrayList<>();
                for (JsonNode step : steps(panel)) {
                    from.add(step.get("value").isNull() ? 0 : step.get("value").asDouble());
                    colours.add(step.get("color").asString());
                }
                assertThat(from).as(name).isSorted().doesNotHaveDuplicates();
                assertThat(colours).as(name).doesNotHaveDuplicates();
            }
        }
    }

    @Test
    void eachStateOfAPoolHasANameAndABrokenOneIsRed() throws IOException {
        JsonNode panel = Dashboards.all().stream()
                .flatMap(dashboard -> Dashboards.panels(dashboard).stream())
                .filter(each -> each.get("title").asString().equals("State"))
                .findFirst()
                .orElseThrow();
        String expression = panel.get("targets").get(0).get("expr").asString();
        JsonNode names =
                panel.get("fieldConfig").get("defaults").get("mappings").get(0).get("options");
        assertThat(names.size()).isEqualTo(PoolState.values().length);
        for (PoolState state : PoolState.values()) {
            Matcher term = Pattern.compile(
                            "(?:(\\d) \\* )?max by \\([a-z, ]+\\) \\(motorpool_pool_state\\{[^}]*state=\""
                                    + state.word() + "\"}\\)")
                    .matcher(expression);
            assertThat(term.find()).as(state.word()).isTrue();
            String number = term.group(1) == null ? "1" : term.group(1);
            assertThat(names.get(number).get("text").asString()).isEqualTo(state.word());
            assertThat(colour(panel, Double.parseDouble(number)))
                    .isEqualTo(state == PoolState.BROKEN ? "red" : state == PoolState.RUNNING ? "green" : "orange");
        }
    }

    /** The color of a value. */
    private static String colour(JsonNode panel, double value) {
        String colour = "";
        for (JsonNode step : steps(panel)) {
            if (step.get("value").isNull() || step.get("value").asDouble() <= value) {
                colour = step.get("color").asString();
            }
        }
        return colour;
    }

    private static JsonNode steps(JsonNode panel) {
        return panel.get("fieldConfig").get("defaults").get("thresholds").get("steps");
    }

    @Test
    void theVariablesAreThoseThatTheQueriesUse() throws IOException {
        for (JsonNode dashboard : Dashboards.all()) {
            Set<String> declared = new TreeSet<>();
            for (JsonNode variable : dashboard.get("templating").get("list")) {
                declared.add(variable.get("name").asString());
            }
            Set<String> used = new TreeSet<>(Dashboards.variables(dashboard.toString()));
            used.removeAll(OF_GRAFANA);
            assertThat(used).isEqualTo(declared).contains("datasource", "namespace", "instance", "function");
        }
        assertThat(Dashboards.all().toString()).contains("$pool");
    }

    @Test
    void nothingIsDividedByWhatMayBeZero() throws IOException {
        List<String> unguarded = Stream.concat(Dashboards.queries().stream(), Dashboards.alertQueries().stream())
                .filter(query -> !divisors(query.expression()).allMatch(DashboardsTest::isNeverZero))
                .map(Dashboards.Query::toString)
                .toList();

        assertThat(unguarded).isEmpty();
    }

    private static Stream<String> divisors(String expression) {
        return Pattern.compile(" / ").splitAsStream(expression).skip(1);
    }

    /** A number, or a parenthesized expression with a final comparison that removes zeros. */
    private static boolean isNeverZero(String divisor) {
        if (divisor.matches("[1-9].*")) {
            return true;
        }
        int depth = 0;
        for (int i = 0; i < divisor.length(); i++) {
            depth += divisor.charAt(i) == '(' ? 1 : divisor.charAt(i) == ')' ? -1 : 0;
            if (depth == 0) {
                return divisor.substring(0, i + 1).matches("\\(.*\\) > [0-9]+\\)");
            }
        }
        return false;
    }

    @Test
    void anExpressionIsTakenApartWhereItsPartsHideEachOther() {
        assertThat(parts("sum(a{b=\"x\"}) / (c or d) > 0 or vector(0)"))
                .containsExactly("sum(a{b=\"x\"}) / (c or d) > 0");
        assertThat(parts("a or on () label_replace(vector(0), \"b\", \"\", \"\", \"\") or 0 * c or d unless e"))
                .containsExactly("a", "d", "e");
        assertThat(parts("a and b")).containsExactly("a and b");
    }

    private static List<String> parts(String expression) {
        return new Dashboards.Query("a panel", expression, true)
                .parts().stream().map(Dashboards.Query::expression).toList();
    }

    @Test
    void ratesOfPanelsAreOverTheIntervalThatFitsTheScrapes() throws IOException {
        assertThat(Dashboards.queries())
                .filteredOn(query -> query.expression().contains("["))
                .isNotEmpty()
                .allSatisfy(query -> assertThat(query.expression().replace("[$__rate_interval]", ""))
                        .doesNotContain("["));
    }

    @Test
    void panelsDoNotOverlap() throws IOException {
        for (JsonNode dashboard : Dashboards.all()) {
            Set<String> taken = new TreeSet<>();
            for (JsonNode panel : dashboard.get("panels")) {
                JsonNode place = panel.get("gridPos");
                for (int x = 0; x < place.get("w").asInt(); x++) {
                    for (int y = 0; y < place.get("h").asInt(); y++) {
                        int column = place.get("x").asInt() + x;
                        assertThat(column).isLessThan(24);
                        assertThat(taken.add(column + " " + (place.get("y").asInt() + y)))
                                .as("%s", panel.get("title"))
                                .isTrue();
                    }
                }
            }
        }
    }

    @Test
    void whatTheyAskForIsInTheTableOfMetrics() throws IOException {
        String table = Files.readString(OPERATIONS);
        List<String> unknown = Stream.concat(Dashboards.queries().stream(), Dashboards.alertQueries().stream())
                .flatMap(query -> query.metrics().stream())
                .filter(metric -> metric.startsWith("motorpool_"))
                .map(metric -> metric.replaceFirst("_(bucket|sum|count)$", ""))
                .filter(metric -> !table.contains("| `" + metric + "` |"))
                .distinct()
                .toList();

        assertThat(unknown).isEmpty();
    }

    @Test
    void everyAlertHasARunbookAndATest() throws IOException {
        String operations = Files.readString(OPERATIONS);
        String tests = Files.readString(Path.of("src", "test", "resources", "deploy", "alerts.test.yaml"));
        for (Map<String, Object> alert : Dashboards.alerts()) {
            String name = (String) alert.get("alert");
            Map<String, Object> annotations = Chart.strings((Map<?, ?>) alert.get("annotations"));
            String url = (String) annotations.get("runbook_url");
            assertThat(url).startsWith("docs/operations.md#");
            String section = section(operations, url.substring(url.indexOf('#') + 1));
            assertThat(section).contains("`" + name + "`", "**Symptom.**", "**Cause.**", "**Action.**");
            assertThat(annotations).containsKeys("summary", "description");
            assertThat(Chart.strings((Map<?, ?>) alert.get("labels"))).containsKey("severity");
            assertThat(tests).contains("alertname: " + name);
        }
    }

    /** The text under the heading with this anchor. */
    private static String section(String text, String anchor) {
        return Pattern.compile("(?m)^#+ ")
                .splitAsStream(text)
                .filter(part -> part.lines()
                        .findFirst()
                        .orElse("")
                        .toLowerCase(Locale.ROOT)
                        .replace(' ', '-')
                        .equals(anchor))
                .collect(Collectors.joining());
    }
}
