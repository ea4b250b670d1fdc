package dev.motorpool.http.route;

/** The request headers that only some routes accept. */
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
