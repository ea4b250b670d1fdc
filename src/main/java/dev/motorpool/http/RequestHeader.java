package dev.motorpool.http;

/** The headers of requests that only some routes take. */
enum RequestHeader {
    IDEMPOTENCY_KEY("Idempotency-Key"),
    LAST_EVENT_ID("Last-Event-ID");

    private final String word;

    RequestHeader(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }
}
