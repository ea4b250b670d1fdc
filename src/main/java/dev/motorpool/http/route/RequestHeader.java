package dev.motorpool.http.route;

/** The headers of requests that only some routes take. */
public enum RequestHeader {
    IDEMPOTENCY_KEY("Idempotency-Key"),
    LAST_EVENT_ID("Last-Event-ID");

    private final String word;

    RequestHeader(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }
}
