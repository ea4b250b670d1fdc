package dev.motorpool.http;

import java.util.Locale;

/** The query parameters of the API. */
enum QueryParameter {
    LIMIT("How many items a page may have, 1 to 1000; 100 if left out. It has fewer where they are long."),
    CURSOR("Where the page begins: `next_cursor` of the page before."),
    TIMEOUT("Seconds to wait, 0 to 300, fractions allowed; 0 (asks without waiting) if left out."),
    WAIT("Seconds to wait for the end of the job, 0 to 300, fractions allowed; 0 (asks without waiting) if left out."),
    VALUE("Whether the answer has the job's value, `true` or `false`; `true` if left out."),
    FORCE("Whether a pool is deleted that functions go to by default, `true` or `false`; `false` if left out."),
    STATE("state", "Only jobs in this state; may be given several times: in any of them."),
    OF_FUNCTION("function", "Only jobs of this function."),
    OF_POOL("pool", "Only jobs of this pool."),
    WITH_TAG(
            "tag",
            "Only jobs with this tag, `name:value`; may be given several times: with all of them. Where there are"
                    + " several colons the name may end at any."),
    ORDER(
            "order",
            "`input` (if left out): each item when its turn is final. `completion`: as they finish, or have finished."),
    AFTER(
            "after",
            "Goes on after the item with this `index`, or, in the order of completion, this `seq`; from the first if"
                    + " left out."),
    FUNCTION("function", "With a body of lines: a name that `GET /v1/functions` lists."),
    CHUNKSIZE(
            "chunksize",
            "With a body of lines: items that go to one slot together, at most the window; 1 if left out."),
    WINDOW(
            "window",
            "With a body of lines: items that may be unanswered; 4 times the pool's size and the chunksize if left out,"
                    + " but from 64 to 1024."),
    POOL("pool", "With a body of lines: the pool that runs them; the function's own if left out."),
    ITEM_TIMEOUT(
            "timeout", "With a body of lines: seconds that each item may run; not above the pool's `max_timeout`."),
    EXPIRES("expires", "With a body of lines: seconds from its reading in which each item must have started."),
    PRIORITY("priority", "With a body of lines: -100 to 100, higher first; 0 if left out."),
    TAGS("tags", "With a body of lines: the tags of the job, as the JSON object that a call has."),
    TAG("tag", "With a body of lines: a tag of the job as `name:value`; may be given several times.");

    private final String word;
    private final String description;

    QueryParameter(String description) {
        this.word = name().toLowerCase(Locale.ROOT);
        this.description = description;
    }

    QueryParameter(String word, String description) {
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
