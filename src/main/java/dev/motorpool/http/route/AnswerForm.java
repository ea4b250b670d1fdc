package dev.motorpool.http.route;

import org.jspecify.annotations.Nullable;

/** The media types in which a route answers when it succeeds. */
public enum AnswerForm {
    JSON(MediaTypes.JSON),
    /** Lines, or events if the client prefers them. */
    STREAM(MediaTypes.LINES + " or " + MediaTypes.EVENTS),
    EVENTS(MediaTypes.EVENTS),
    TEXT(MediaTypes.TEXT);

    private final String words;

    AnswerForm(String words) {
        this.words = words;
    }

    /** The types, as text for messages. */
    String words() {
        return words;
    }

    /** Whether the length of the answer is unknown when it begins. */
    boolean streams() {
        return this == STREAM || this == EVENTS;
    }

    /** The type of the answer to a request with this {@code Accept} header; null if it accepts none. */
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
