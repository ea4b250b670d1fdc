package dev.motorpool.http;

/** The headers of requests that only some routes take. */
enum RequestHeader {
    IDEMPOTENCY_KEY(
            "Idempotency-Key",
            "Makes the call safe to repeat: the same key with the same body answers with the first job. 1 to 255"
                    + " visible ASCII characters."),
    LAST_EVENT_ID("Last-Event-ID", "The `id` of the last event that has come; goes before `after`.");

    private final String word;
    private final String description;

    RequestHeader(String word, String description) {
        this.word = word;
        this.description = description;
    }

    String word() {
        return word;
    }

    String description() {
        return description;
    }
}
