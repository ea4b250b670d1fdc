package dev.motorpool.http.route;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The media types of requests and answers. */
public final class MediaTypes {

    public static final String JSON = "application/json";
    public static final String LINES = "application/x-ndjson";
    public static final String EVENTS = "text/event-stream";

    public static final String TEXT = "text/plain";
    static final String TEXT_UTF_8 = TEXT + ";charset=utf-8";

    private MediaTypes() {}

    /** Whether a {@code Content-Type} is JSON in UTF-8. */
    static boolean isJson(String contentType) {
        return contentType.equals(JSON) || is(JSON, contentType);
    }

    /** Whether a {@code Content-Type} is lines of JSON in UTF-8. */
    static boolean isLines(String contentType) {
        return is(LINES, contentType);
    }

    private static boolean is(String wanted, String contentType) {
        String[] parts = contentType.split(";", -1);
        if (!parts[0].strip().equalsIgnoreCase(wanted)) {
            return false;
        }
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip().toLowerCase(Locale.ROOT);
            if (parameter.startsWith("charset") && !parameter.matches("charset=(utf-8|\"utf-8\")")) {
                return false;
            }
        }
        return true;
    }

    /** Whether an {@code Accept} header accepts JSON; the most specific range decides. */
    static boolean acceptsJson(@Nullable String accept) {
        if (accept == null || accept.equals("*/*") || accept.equals(JSON) || accept.isBlank()) {
            return true;
        }
        int closest = -1;
        boolean accepted = false;
        for (String range : accept.split(",", -1)) {
            String[] parts = range.split(";", -1);
            int closeness =
                    switch (parts[0].strip().toLowerCase(Locale.ROOT)) {
                        case JSON -> 2;
                        case "application/*" -> 1;
                        case "*/*" -> 0;
                        default -> -1;
                    };
            if (closeness > closest) {
                closest = closeness;
                accepted = !refuses(parts);
            } else if (closeness == closest && closeness >= 0) {
                accepted |= !refuses(parts);
            }
        }
        return accepted;
    }

    /** Whether an {@code Accept} header accepts a type. */
    public static boolean accepts(@Nullable String accept, String type) {
        return accept == null || accept.isBlank() || quality(accept, type) > 0;
    }

    /**
     * The preferred form of a stream by an {@code Accept} header: lines unless it prefers events; null if it accepts
     * neither.
     */
    static @Nullable String streamFor(@Nullable String accept) {
        if (accept == null || accept.isBlank()) {
            return LINES;
        }
        double lines = quality(accept, LINES);
        double events = quality(accept, EVENTS);
        return lines == 0 && events == 0 ? null : events > lines ? EVENTS : LINES;
    }

    /** The quality of a type in an {@code Accept} header, 0 to 1; the most specific matching range decides. */
    private static double quality(String accept, String type) {
        int closest = -1;
        double quality = 0;
        for (String range : accept.split(",", -1)) {
            String[] parts = range.split(";", -1);
            String name = parts[0].strip().toLowerCase(Locale.ROOT);
            int closeness = name.equals(type)
                    ? 2
                    : name.equals(type.substring(0, type.indexOf('/')) + "/*") ? 1 : name.equals("*/*") ? 0 : -1;
            double given = 1;
            for (int i = 1; i < parts.length; i++) {
                String parameter = parts[i].strip().toLowerCase(Locale.ROOT);
                if (parameter.matches("q=[01](\\.[0-9]{0,3})?")) {
                    given = Double.parseDouble(parameter.substring(2));
                }
            }
            if (closeness > closest || (closeness == closest && closeness >= 0 && given > quality)) {
                closest = closeness;
                quality = given;
            }
        }
        return quality;
    }

    private static boolean refuses(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            if (parts[i].strip().matches("(?i)q=0(\\.0{0,3})?")) {
                return true;
            }
        }
        return false;
    }
}
