package dev.motorpool.bench;

import dev.motorpool.json.JsonWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects results, and writes them as Markdown and as JSON. Used by one thread. */
final class Report {

    private static final List<String> COLUMNS =
            List.of("work", "measured", "compared with", "ratio", "at least", "aim", "reached?");

    private final Map<String, String> head = new LinkedHashMap<>();
    private final List<Row> rows = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    void head(String name, String value) {
        head.put(name, value);
    }

    void add(Row row) {
        rows.add(row);
    }

    /** Adds a remark that is not a row. */
    void note(String note) {
        notes.add(note);
    }

    String markdown() {
        StringBuilder text = new StringBuilder("# Benchmark\n\n");
        head.forEach((name, value) ->
                text.append("- ").append(name).append(": ").append(value).append('\n'));
        text.append("\nFigures are medians of alternating rounds, with the least and the greatest in parentheses.\n\n");
        line(text, COLUMNS);
        line(text, COLUMNS.stream().map(column -> "---").toList());
        for (Row row : rows) {
            Goal goal = row.goal();
            Spread ratio = row.ratio();
            line(
                    text,
                    List.of(
                            row.work(),
                            row.measured(),
                            row.comparedWith(),
                            ratio == null ? "" : ratio.text(Spread.unit(2, "")),
                            goal == null ? "" : goal.required(),
                            goal == null ? "" : goal.wished(),
                            row.reached()));
        }
        text.append('\n');
        notes.forEach(note -> text.append("- ").append(note).append('\n'));
        return text.toString();
    }

    private static void line(StringBuilder text, List<String> cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    String json() {
        JsonWriter json = new JsonWriter();
        json.beginObject().name("head").beginObject();
        head.forEach((name, value) -> json.name(name).value(value));
        json.endObject().name("rows").beginArray();
        for (Row row : rows) {
            json.beginObject();
            json.name("work").value(row.work());
            json.name("measured").value(row.measured());
            json.name("compared_with").value(row.comparedWith());
            numbers(json.name("ratio"), row.ratio());
            numbers(json.name("judged"), row.judged());
            Goal goal = row.goal();
            number(json.name("at_least"), goal == null ? null : goal.atLeast());
            number(json.name("aim"), goal == null ? null : goal.aim());
            json.name("more_is_better");
            if (goal == null) {
                json.nullValue();
            } else {
                json.value(goal.more());
            }
            json.name("reached").value(row.reached());
            json.endObject();
        }
        json.endArray().name("notes").beginArray();
        notes.forEach(json::value);
        json.endArray().endObject();
        return json.toRawJson().toString();
    }

    private static void numbers(JsonWriter json, @Nullable Spread spread) {
        if (spread == null) {
            json.nullValue();
            return;
        }
        json.beginArray();
        spread.values().forEach(value -> number(json, value));
        json.endArray();
    }

    private static void number(JsonWriter json, @Nullable Double value) {
        if (value == null) {
            json.nullValue();
        } else {
            json.literal(String.format(Locale.ROOT, "%.4f", value));
        }
    }

    void write(Path folder) throws IOException {
        Files.writeString(folder.resolve("bench.md"), markdown());
        Files.writeString(folder.resolve("bench.json"), json());
    }
}
