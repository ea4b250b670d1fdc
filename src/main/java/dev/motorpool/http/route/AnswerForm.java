package dev.motorpool.http.route;

import org.jspecify.annotations.Nullable;

/** In which media types a route answers when it succeeds. */
public enum AnswerForm {
    JSON(MediaTypes.JSON),
    /** Lines, or events where the client prefers them. */
    STREAM(MediaTypes.LINES + " or " + MediaTypes.EVENTS),
    EVENTS(MediaTypes.EVENTS),
    TEXT(MediaTypes.TEXT);

    private final String words;

    AnswerForm(String words) {
        this.words = words;
    }

    /** The types, for people. */
    String words() {
        return words;
    }

    /** Whether it has no end that is known when it begins. */
    boolean streams() {
        return this == STREAM || this == EVENTS;
    }

    /** The type of the answer to a request with this {@code Accept} header; null if it takes none of them. */
    @Nullable
    String typeFor(@Nullable String accept) {
        return switch (this) {
            case JSON -> MediaTypes.acceptsJson(accept) ? MediaTypes.JSON : null;
            case STREAM -> MediaTypes.streamFor(accept);
            case EVENTS -> MediaTypes.accepts(accept, MediaTypes.EVENTS) ? MediaTypes.EVENTS : null;
            case TEXT -> MediaTypes.accepts(accept, MediaTypes.TEXT) ? MediaTypes.TEXT_UTF_8 : null;
        };
    }
}
