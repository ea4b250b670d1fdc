package dev.motorpool.job;

import dev.motorpool.json.MemberNames;
import dev.motorpool.json.RawJson;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads what the verbs are asked that do not wait, and checks it as those that wait are checked. */
public final class AsyncReader {

    /** Items of one map. */
    static final int MOST_ITEMS = 1_000_000;

    private static final int MOST_RETRIES = 100;
    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);
    private static final Duration RETAIN = Duration.ofDays(1);

    private static final MemberNames APPLY = MemberNames.of(
            "function",
            "args",
            "kwargs",
            "pool",
            "timeout",
            "expires",
            "priority",
            "tags",
            "callback",
            "error_callback",
            "retries",
            "retry_delay",
            "delay",
            "start_at",
            "retain");

    private static final MemberNames MAP = MemberNames.of(
            "function",
            "items",
            "chunksize",
            "pool",
            "timeout",
            "expires",
            "priority",
            "tags",
            "on_error",
            "callback",
            "error_callback",
            "retries",
            "retry_delay",
            "delay",
            "start_at",
            "retain");

    private final CallReader calls;
    private final ItemsReader items;
    private final Clock clock;

    public AsyncReader(CallReader calls, ItemsReader items, Clock clock) {
        this.calls = calls;
        this.items = items;
        this.clock = clock;
    }

    /** The call of {@code apply_async}. */
    public AsyncCall apply(RawJson body) throws CallRefusedException {
        BodyMembers members = BodyMembers.of(body, APPLY);
        Detachment terms = detachment(members);
        Call call = calls.apply(members);
        return new AsyncCall(
                "apply_async",
                call.function(),
                call.pool(),
                call.args(),
                call.kwargs(),
                call.timeout(),
                call.expires(),
                call.priority(),
                call.tags(),
                terms.retries,
                terms.retryDelay,
                terms.startAt,
                terms.retain,
                terms.readAt,
                null);
    }

    /** The call of {@code map_async}, or with {@code star} of {@code starmap_async}, all of whose items fit. */
    public AsyncCall map(RawJson body, boolean star) throws CallRefusedException {
        BodyMembers members = BodyMembers.of(body, MAP);
        Detachment terms = detachment(members);
        ItemsReader.CountedCall counted = items.map(members, star, MOST_ITEMS);
        ItemsCall call = counted.call();
        return new AsyncCall(
                star ? "starmap_async" : "map_async",
                call.function(),
                call.pool(),
                call.items(),
                RawJson.EMPTY_OBJECT,
                call.timeout(),
                call.expires(),
                call.priority(),
                call.tags(),
                terms.retries,
                terms.retryDelay,
                terms.startAt,
                terms.retain,
                terms.readAt,
                new AsyncCall.MapPart(counted.count(), call.chunksize(), call.collect()));
    }

    /** What calls have only where nobody waits for them. */
    private record Detachment(
            int retries, Duration retryDelay, @Nullable Instant startAt, Duration retain, Instant readAt) {}

    private Detachment detachment(BodyMembers members) throws CallRefusedException {
        noWebhook(members, "callback");
        noWebhook(members, "error_callback");
        Long retries = members.integer("retries", 0, MOST_RETRIES);
        Duration retryDelay = members.secondsFromZero("retry_delay", null);
        Duration retain = members.secondsFromZero("retain", null);
        Instant now = clock.instant();
        return new Detachment(
                Objects.requireNonNullElse(retries, 0L).intValue(),
                Objects.requireNonNullElse(retryDelay, RETRY_DELAY),
                startAt(members, now),
                Objects.requireNonNullElse(retain, RETAIN),
                now);
    }

    private static void noWebhook(BodyMembers members, String name) throws CallRefusedException {
        members.require(
                members.value(name) == null,
                name,
                "is not taken: webhooks are not there yet. Ask for the job instead, or wait for it");
    }

    /** The earliest start; null for one at once. */
    private static @Nullable Instant startAt(BodyMembers members, Instant now) throws CallRefusedException {
        Duration delay = members.secondsFromZero("delay", null);
        String text = members.string("start_at");
        if (text == null) {
            return delay == null || delay.isZero() ? null : now.plus(delay);
        }
        members.require(delay == null, "start_at", "cannot be given together with delay; give one of them");
        Instant time = TimeText.parse(text);
        if (time == null) {
            throw BodyMembers.refuse(
                    members.pointer("start_at"),
                    "start_at must be a time as RFC 3339 has it, such as 2026-01-02T03:04:05.678Z.");
        }
        return time;
    }
}
