package dev.motorpool.job.request;

import dev.motorpool.address.WebTarget;
import dev.motorpool.function.signature.CallDefaults;
import dev.motorpool.function.signature.UrlRule;
import dev.motorpool.job.Callbacks;
import dev.motorpool.job.JobError;
import dev.motorpool.job.JobSpec;
import dev.motorpool.job.ProblemType;
import dev.motorpool.json.MemberNames;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.Pool;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Parses the requests of detached jobs, with the same checks as for jobs that a client waits for. */
public final class AsyncReader {

    private static final int MOST_RETRIES = 100;
    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);
    private static final Duration RETAIN = Duration.ofDays(1);

    /** RFC 3339 has no later times. */
    private static final Instant END_OF_TIMES = Instant.parse("+10000-01-01T00:00:00Z");

    private static final String BEYOND_EXPIRY = "must be smaller than expires: the job could never run";
    private static final String START_BEYOND_EXPIRY = "must be before the end of expires: the job could never run";

    private static final String[] DETACHMENT = {
        "callback", "error_callback", "retries", "retry_delay", "delay", "start_at", "retain"
    };

    private static final MemberNames APPLY = CallReader.APPLY.and(DETACHMENT);
    private static final MemberNames MAP = ItemsReader.MAP.and(DETACHMENT);

    private final CallReader calls;
    private final ItemsReader items;
    private final UrlRule webhooks;
    private final Clock clock;

    /** @param webhooks decides which URLs may receive the ends of jobs */
    public AsyncReader(CallReader calls, ItemsReader items, UrlRule webhooks, Clock clock) {
        this.calls = calls;
        this.items = items;
        this.webhooks = webhooks;
        this.clock = clock;
    }

    /** The call of {@code apply_async}. */
    public AsyncCall apply(RawJson body) throws CallRefusedException {
        BodyMembers members = BodyMembers.of(body, APPLY);
        Detachment terms = detachment(members);
        CallSpec call = calls.apply(members, "apply_async");
        return terms.of(members, call.spec(), call.defaults(), call.pool(), call.args(), call.kwargs());
    }

    /** The call of {@code map_async} or {@code starmap_async}. All its items fit. */
    public AsyncCall map(RawJson body, String verb) throws CallRefusedException {
        BodyMembers members = BodyMembers.of(body, MAP);
        Detachment terms = detachment(members);
        ItemsCall call = items.map(members, verb);
        CallDefaults defaults = call.function().origin().defaults();
        return terms.of(members, call.spec(), defaults, call.pool(), call.items(), RawJson.EMPTY_OBJECT);
    }

    /** The members that only detached calls have. */
    private record Detachment(
            @Nullable Long retries,
            @Nullable Duration retryDelay,
            @Nullable Duration delay,
            @Nullable Instant startAt,
            Duration retain,
            Instant readAt,
            Callbacks callbacks) {

        AsyncCall of(BodyMembers members, JobSpec spec, CallDefaults defaults, Pool pool, RawJson args, RawJson kwargs)
                throws CallRefusedException {
            checkExpiry(members, spec.expires());
            JobSpec detached = new JobSpec(
                    spec.verb(),
                    spec.function(),
                    spec.pool(),
                    spec.timeout(),
                    spec.expires(),
                    spec.priority(),
                    spec.tags(),
                    retries != null ? retries.intValue() : Math.clamp(orElse(defaults.retries(), 0), 0, MOST_RETRIES),
                    retryDelay != null ? retryDelay : orElse(defaults.retryDelay(), RETRY_DELAY),
                    retain,
                    spec.map(),
                    callbacks);
            return new AsyncCall(detached, pool, args, kwargs, delay, startAt, readAt);
        }

        /** A job that may start only after it has expired would never run. */
        private void checkExpiry(BodyMembers members, @Nullable Duration expires) throws CallRefusedException {
            if (expires != null) {
                members.require(delay == null || delay.compareTo(expires) < 0, "delay", BEYOND_EXPIRY);
                members.require(
                        startAt == null || startAt.isBefore(readAt.plus(expires)), "start_at", START_BEYOND_EXPIRY);
            }
        }
    }

    private static <T> T orElse(@Nullable T given, T standard) {
        return given == null ? standard : given;
    }

    private Detachment detachment(BodyMembers members) throws CallRefusedException {
        Callbacks callbacks = new Callbacks(url(members, "callback"), url(members, "error_callback"));
        Long retries = members.integer("retries", 0, MOST_RETRIES);
        Duration retryDelay = members.secondsFromZero("retry_delay");
        Duration retain = members.secondsFromZero("retain");
        Duration delay = members.secondsFromZero("delay");
        Instant startAt = startAt(members, delay);
        return new Detachment(
                retries,
                retryDelay,
                delay == null || delay.isZero() ? null : delay,
                startAt,
                Objects.requireNonNullElse(retain, RETAIN),
                clock.instant(),
                callbacks);
    }

    /** A URL that may receive a webhook, checked without resolving its name; null if there is none. */
    private @Nullable String url(BodyMembers members, String name) throws CallRefusedException {
        String url = members.string(name);
        members.require(
                url == null || url.length() <= WebTarget.LONGEST_URL,
                name,
                "must be a URL of at most " + WebTarget.LONGEST_URL + " characters");
        UrlRule.Objection objection = url == null ? null : webhooks.objection(url);
        if (objection == null) {
            return url;
        }
        members.require(
                objection.pointsSomewhere(), name, "must be a URL with a host, such as https://example.com/done");
        throw new CallRefusedException(
                JobError.of(ProblemType.FORBIDDEN_ADDRESS, objection.sentence(), "pointer", members.pointer(name)));
    }

    /** The time of the earliest start; null if none is given. */
    private static @Nullable Instant startAt(BodyMembers members, @Nullable Duration delay)
            throws CallRefusedException {
        String text = members.string("start_at");
        if (text == null) {
            return null;
        }
        members.require(delay == null, "start_at", "cannot be given together with delay; give one of them");
        Instant time = TimeText.parse(text);
        members.require(
                time != null, "start_at", "must be a time as RFC 3339 has it, such as 2026-01-02T03:04:05.678Z");
        members.require(
                time == null || time.isBefore(END_OF_TIMES),
                "start_at",
                "must be before the end of the year 9999 in UTC");
        return time;
    }
}
