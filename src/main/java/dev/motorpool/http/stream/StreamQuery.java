package dev.motorpool.http.stream;

import dev.motorpool.http.problem.ProblemException;
import dev.motorpool.http.route.Query;
import dev.motorpool.http.route.QueryParameter;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.MalformedJsonException;
import dev.motorpool.json.RawJson;
import dev.motorpool.json.StrictJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Converts the query parameters of a stream of lines to the members of a JSON call. */
public final class StreamQuery {

    public static final List<QueryParameter> PARAMETERS = List.of(
            QueryParameter.FUNCTION,
            QueryParameter.POOL,
            QueryParameter.CHUNKSIZE,
            QueryParameter.WINDOW,
            QueryParameter.ITEM_TIMEOUT,
            QueryParameter.EXPIRES,
            QueryParameter.PRIORITY,
            QueryParameter.TAGS,
            QueryParameter.TAG);

    private StreamQuery() {}

    public static RawJson members(Query query) throws ProblemException {
        JsonWriter json = new JsonWriter().beginObject();
        for (QueryParameter parameter : PARAMETERS) {
            String value = query.get(parameter.word());
            if (value == null) {
                continue;
            }
            switch (parameter) {
                case FUNCTION, POOL -> json.name(parameter.word()).value(value);
                case TAG -> {
                    if (query.get(QueryParameter.TAGS.word()) != null) {
                        throw Query.refuse("tag", "Tags are given either one by one as tag, or together as tags.");
                    }
                    json.name("tags").value(tags(query));
                }
                default -> json(json.name(parameter.word()), value);
            }
        }
        return json.endObject().toRawJson();
    }

    /** Writes valid JSON unchanged, and other text as a string, which is refused where another type is required. */
    private static void json(JsonWriter json, String value) {
        RawJson text = RawJson.of(value);
        try {
            StrictJson.check(text);
            json.value(text);
        } catch (MalformedJsonException none) {
            json.value(value);
        }
    }

    private static Map<String, String> tags(Query query) throws ProblemException {
        Map<String, String> tags = new LinkedHashMap<>();
        for (String tag : query.all(QueryParameter.TAG.word())) {
            int colon = tag.indexOf(':');
            if (colon < 0) {
                throw Query.refuse("tag", "A tag is given as name:value.");
            }
            if (tags.put(tag.substring(0, colon), tag.substring(colon + 1)) != null) {
                throw Query.refuse("tag", "The tag '" + tag.substring(0, colon) + "' is given more than once.");
            }
        }
        return tags;
    }
}
