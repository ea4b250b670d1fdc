package dev.motorpool.job.request;

import dev.motorpool.json.JsonCursor;
import dev.motorpool.json.JsonKind;
import dev.motorpool.json.JsonPointers;
import dev.motorpool.json.JsonStrings;
import dev.motorpool.json.MemberNames;
import dev.motorpool.json.RawJson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The parsed request about several jobs.
 *
 * @param ids as they were given, 1 to 1000 of them; not checked to be ids
 * @param returnWhen {@code first_completed}, {@code first_exception} or {@code all_completed}
 * @param timeout how long to wait, up to 300 s
 */
public record JobsCall(List<String> ids, String returnWhen, Duration timeout) {

    private static final MemberNames WAIT = MemberNames.of("ids", "return_when", "timeout");
    private static final MemberNames IDS = MemberNames.of("ids");

    private static final List<String> WAYS = List.of("first_completed", "first_exception", "all_completed");
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
    private static final int MOST_IDS = 1000;

    /** The body of {@code wait}. */
    public static JobsCall wait(RawJson body) throws CallRefusedException {
        BodyMembers members = BodyMembers.of(body, WAIT);
        List<String> ids = ids(members);
        String when = Objects.requireNonNullElse(members.string("return_when"), "all_completed");
        members.require(
                WAYS.contains(when),
                "return_when",
                "must be \"first_completed\", \"first_exception\" or \"all_completed\"");
        Duration timeout = members.secondsFromZero("timeout", LONGEST_WAIT);
        return new JobsCall(ids, when, Objects.requireNonNullElse(timeout, Duration.ZERO));
    }

    /** The ids in the body of {@code as_completed}. */
    public static List<String> ids(RawJson body) throws CallRefusedException {
        return ids(BodyMembers.of(body, IDS));
    }

    private static List<String> ids(BodyMembers members) throws CallRefusedException {
        members.require(members.value("ids") != null, "ids", "is required");
        List<String> ids = new ArrayList<>();
        JsonCursor cursor = new JsonCursor(members.array("ids"));
        while (cursor.next()) {
            String at = JsonPointers.element(members.pointer("ids"), ids.size());
            if (cursor.value().kind() != JsonKind.STRING) {
                throw BodyMembers.refuse(at, "An id must be a string.");
            }
            members.require(ids.size() < MOST_IDS, "ids", "must be 1 to " + MOST_IDS + " ids");
            ids.add(JsonStrings.decode(cursor.value()));
        }
        members.require(!ids.isEmpty(), "ids", "must be 1 to " + MOST_IDS + " ids");
        return ids;
    }
}
