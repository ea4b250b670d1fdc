package dev.motorpool.http;

/** The headers of answers that only some routes give. */
enum AnswerHeader {
    LOCATION("Location", "The path of the job."),
    REPLAYED("Idempotent-Replayed", "`true`: the key was known, and nothing new has been submitted.");

    private final String word;
    private final String description;

    AnswerHeader(String word, String description) {
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
