package dev.motorpool.job.request;

import dev.motorpool.function.signature.ArgumentFault;
import dev.motorpool.function.signature.FunctionDefinition;
import dev.motorpool.function.signature.UrlRule;
import dev.motorpool.job.JobSpec;
import dev.motorpool.json.JsonCursor;
import dev.motorpool.json.JsonPointers;
import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.MemberNames;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.Pool;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Parses the requests of maps and streams. */
public final class ItemsReader {

    static final MemberNames MAP = MemberNames.of(
            "function", "items", "chunksize", "pool", "timeout", "expires", "priority", "tags", "on_error");

    private static final MemberNames STREAM = MemberNames.of(
            "function", "items", "chunksize", "window", "pool", "timeout", "expires", "priority", "tags");

    private static final MemberNames STREAM_OF_LINES =
            MemberNames.of("function", "chunksize", "window", "pool", "timeout", "expires", "priority", "tags");

    /** How many items are checked at once. */
    private static final int STEP = 4096;

    private static final int LEAST_WINDOW = 64;
    private static final int USUAL_WINDOW = 1024;

    private final CallReader calls;
    private final UrlRule urls;
    private final int mostItems;

    /** @param mostItems maximum items of one body */
    public ItemsReader(CallReader calls, UrlRule urls, int mostItems) {
        this.calls = calls;
        this.urls = urls;
        this.mostItems = mostItems;
    }

    /** The call of {@code map} or {@code starmap}. All its items fit. */
    public ItemsCall map(RawJson body, String verb) throws CallRefusedException {
        return map(BodyMembers.of(body, MAP), verb);
    }

    /** The call in these members; other members are ignored. */
    ItemsCall map(BodyMembers members, String verb) throws CallRefusedException {
        String function = members.requiredString("function");
        RawJson items = items(members);
        String onError = members.string("on_error");
        boolean collect = "collect".equals(onError);
        members.require(
                onError == null || collect || onError.equals("fail"), "on_error", "must be \"fail\" or \"collect\"");
        Terms terms = terms(members, function);
        int count = check(terms.function, items, verb.startsWith("star"));
        return terms.of(members, verb, items, count, 0, collect);
    }

    /** The call of a stream with its items in the body. Each item is checked when its turn comes. */
    public ItemsCall stream(RawJson body, String verb) throws CallRefusedException {
        BodyMembers members = BodyMembers.of(body, STREAM);
        String function = members.requiredString("function");
        RawJson items = items(members);
        JsonCursor cursor = new JsonCursor(items);
        for (int count = 0; cursor.next(); count++) {
            if (count == mostItems) {
                throw tooMany("send them as a body of lines (application/x-ndjson), which has no such limit");
            }
        }
        return stream(members, verb, function, items);
    }

    /**
     * The call of a stream whose items come one by one.
     *
     * @param parameters JSON object of the query parameters, in the form of a body's members
     */
    public ItemsCall streamOfLines(RawJson parameters, String verb) throws CallRefusedException {
        BodyMembers members = BodyMembers.ofQuery(parameters, STREAM_OF_LINES);
        return stream(members, verb, members.requiredString("function"), RawJson.EMPTY_ARRAY);
    }

    private ItemsCall stream(BodyMembers members, String verb, String function, RawJson items)
            throws CallRefusedException {
        Long window = members.integer("window", 1, Integer.MAX_VALUE);
        return terms(members, function).of(members, verb, items, 0, window == null ? -1 : window.intValue(), false);
    }

    private static RawJson items(BodyMembers members) throws CallRefusedException {
        members.require(members.value("items") != null, "items", "is required");
        return members.array("items");
    }

    /** Checks the items one after the other. Returns their number. */
    private int check(FunctionDefinition function, RawJson items, boolean star) throws CallRefusedException {
        JsonCursor cursor = new JsonCursor(items);
        int index = 0;
        while (true) {
            JsonSlices some = JsonSlices.next(cursor, STEP);
            for (int i = 0; i < some.count(); i++) {
                ArgumentFault fault = function.checkItem(some, i, star, urls);
                if (fault != null) {
                    throw new CallRefusedException(CallReader.error(fault, JsonPointers.element("/items", index + i)));
                }
            }
            index += some.count();
            if (index > mostItems) {
                throw tooMany("send the others as a map of their own");
            }
            if (some.count() < STEP) {
                return index;
            }
        }
    }

    private CallRefusedException tooMany(String remedy) {
        return BodyMembers.refuse(
                "/items", "items must be at most " + mostItems + " (motorpool.http.items); " + remedy + ".");
    }

    /** The members that maps and streams have in common. */
    private record Terms(
            FunctionDefinition function,
            Pool pool,
            @Nullable Long chunksize,
            @Nullable Duration timeout,
            @Nullable Duration expires,
            int priority) {

        /** @param window 0 for a map, -1 for a stream without one */
        ItemsCall of(BodyMembers members, String verb, RawJson items, int count, int window, boolean collect)
                throws CallRefusedException {
            long size = pool.view().settings().size();
            long standard = window == 0 ? Math.max(1, (count + 4 * size - 1) / (4 * size)) : 1;
            long chunk = Objects.requireNonNullElse(chunksize, standard);
            long most = window >= 0 ? window : Math.clamp(4 * size * chunk, LEAST_WINDOW, USUAL_WINDOW);
            JobSpec.MapShape shape =
                    new JobSpec.MapShape(count, (int) (most == 0 ? chunk : Math.min(chunk, most)), collect);
            JobSpec spec = new JobSpec(
                    verb,
                    function.name(),
                    pool.name(),
                    timeout,
                    expires,
                    priority,
                    Tags.read(members, "tags"),
                    window == 0 ? shape : null);
            return new ItemsCall(spec, function, pool, items, shape, (int) most);
        }
    }

    private Terms terms(BodyMembers members, String functionName) throws CallRefusedException {
        Long chunksize = members.integer("chunksize", 1, Integer.MAX_VALUE);
        String poolName = members.string("pool");
        Duration timeout = members.seconds("timeout");
        Duration expires = members.seconds("expires");
        Long priority = members.integer("priority", -CallReader.MAX_PRIORITY, CallReader.MAX_PRIORITY);
        FunctionDefinition function = calls.function(functionName);
        Pool pool = calls.pool(poolName, function);
        CallReader.checkTimeout(members, pool, timeout);
        return new Terms(
                function,
                pool,
                chunksize,
                timeout == null ? function.origin().defaults().timeout() : timeout,
                expires,
                CallReader.priority(priority, function.origin().defaults()));
    }
}
