package dev.motorpool.function.signature;

import dev.motorpool.json.JsonKind;
import dev.motorpool.json.JsonStrings;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import org.jspecify.annotations.Nullable;

/**
 * A string.
 *
 * @param minLength least number of code points
 * @param maxLength greatest number of code points
 * @param url whether it is a URL that must point where it may
 */
public record StringType(int minLength, int maxLength, boolean url) implements ValueType {

    @Override
    public @Nullable Misfit check(RawJson value, UrlRule urls) {
        if (value.kind() != JsonKind.STRING) {
            return ValueType.wrongKind("a string", value);
        }
        Misfit misfit = checkLength(value);
        if (misfit != null || !url) {
            return misfit;
        }
        UrlRule.Objection objection = urls.objection(JsonStrings.decode(value));
        return objection == null
                ? null
                : new Misfit("", "is not a URL that may be used: " + objection.sentence(), objection.pointsSomewhere());
    }

    private @Nullable Misfit checkLength(RawJson value) {
        // A code point takes at least one byte, and at most twelve: two escapes of six.
        int bytes = value.length() - 2;
        if (bytes <= maxLength && bytes >= 12L * minLength) {
            return null;
        }
        String text = JsonStrings.decode(value);
        int length = text.codePointCount(0, text.length());
        if (length < minLength) {
            return new Misfit("must have at least " + minLength + " characters, not " + length);
        }
        if (length > maxLength) {
            return new Misfit("must have at most " + maxLength + " characters, not " + length);
        }
        return null;
    }

    @Override
    public boolean surelyFits(byte[] bytes, int from, int end) {
        int length = end - from - 2;
        return !url && bytes[from] == '"' && length <= maxLength && length >= 12L * minLength;
    }

    @Override
    public Object bind(RawJson value) {
        return JsonStrings.decode(value);
    }

    @Override
    public void writeIndex(JsonWriter out) {
        out.beginArray()
                .value("string")
                .value(minLength)
                .value(maxLength)
                .value(url)
                .endArray();
    }

    @Override
    public void writeSchema(JsonWriter out, boolean nullable) {
        ValueType.writeType(out, "string", nullable);
        if (minLength > 0) {
            out.name("minLength").value(minLength);
        }
        if (maxLength < Integer.MAX_VALUE) {
            out.name("maxLength").value(maxLength);
        }
        if (url) {
            out.name("format").value("uri");
        }
    }
}
