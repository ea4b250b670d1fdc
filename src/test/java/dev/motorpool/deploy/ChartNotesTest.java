package dev.motorpool.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What Helm says after an install is true of what was installed. */
@Tag("service")
class ChartNotesTest {

    static final List<String> VALUES = ChartTest.VALUES;

    private static final Pattern OBJECT = Pattern.compile("\\b(statefulset|service)/([a-z-]+)|get (secret) ([a-z-]+)");

    @ParameterizedTest
    @FieldSource("VALUES")
    void whatTheCommandsNameIsThere(String values) {
        List<String> there = Chart.template(values).stream()
                .map(manifest -> manifest.toString().toLowerCase(Locale.ROOT))
                .toList();
        List<String> named = OBJECT.matcher(Chart.notes(values))
                .results()
                .map(ChartNotesTest::object)
                // Those that the values say are there already.
                .filter(object -> !List.of("secret/ours", "secret/certificate").contains(object))
                .toList();

        assertThat(named).isNotEmpty();
        assertThat(there).containsAll(named);
    }

    private static String object(MatchResult found) {
        return found.group(1) != null ? found.group(1) + "/" + found.group(2) : found.group(3) + "/" + found.group(4);
    }

    @Test
    void aKeyOfTheChartHasAllRightsAndOneOfOthersIsNotSaidTo() {
        assertThat(Chart.notes("")).contains("A key with all rights", "get secret prod-motorpool-keys");
        assertThat(Manifest.one(Chart.template(""), "Secret").text("stringData", "application.yaml"))
                .containsSubsequence("admin:", "- submit", "- read", "- operate", "metrics:", "- read");
        assertThat(Chart.notes("keys: {existingSecret: ours}"))
                .contains("The key of your secret's entry admin", "get secret ours", "rollout restart")
                .doesNotContain("all rights");
    }

    @Test
    void theFirstCallIsMadeAsTheServiceIsReached() {
        assertThat(Chart.notes("")).contains("8080:80 &", "http://localhost:8080/v1/pools");
        assertThat(Chart.notes("ingress: {enabled: true}")).contains("http://motorpool.example.org/v1/pools");
        assertThat(Chart.notes("tls: {existingSecret: certificate}"))
                .contains(
                        "get secret certificate -o jsonpath='{.data.tls\\.crt}'",
                        "--connect-to prod-motorpool.work.svc:8080:localhost:8080",
                        "https://prod-motorpool.work.svc:8080/v1/pools")
                .doesNotContain("http://");
        assertThat(Chart.notes("persistence: {enabled: false}")).contains("WARNING: persistence is off");
    }
}
