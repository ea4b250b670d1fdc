package dev.motorpool.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The media types that requests bring and want. */
final class MediaTypes {

    static final String JSON = "application/json";

    private MediaTypes() {}

    /** Whether a {@code Content-Type} is JSON in UTF-8. */
    static boolean isJson(String contentType) {
        if (contentType.equals(JSON)) {
            return true;
        }
        String[] parts = contentType.split(";", -1);
        if (!parts[0].strip().equalsIgnoreCase(JSON)) {
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

    /** Whether one of the ranges of an {@code Accept} header takes JSON; the closest range decides. */
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

    private static boolean refuses(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            if (parts[i].strip().matches("(?i)q=0(\\.0{0,3})?")) {
                return true;
            }
        }
        return false;
    }
}
