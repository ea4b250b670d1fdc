package dev.motorpool.job.request;

import dev.motorpool.function.signature.ArgumentFault;
import dev.motorpool.function.signature.CallDefaults;
import dev.motorpool.function.signature.FunctionDefinition;
import dev.motorpool.function.signature.FunctionRegistry;
import dev.motorpool.function.signature.UrlRule;
import dev.motorpool.job.JobError;
import dev.motorpool.job.JobSpec;
import dev.motorpool.job.ProblemType;
import dev.motorpool.job.Seconds;
import dev.motorpool.json.MemberNames;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.Pools;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Parses the requests of the verbs, and checks them as far as possible before anything is queued. */
public final class CallReader {

    static final MemberNames APPLY =
            MemberNames.of("function", "args", "kwargs", "pool", "timeout", "expires", "priority", "tags");

    static final int MAX_PRIORITY = 100;

    private final Supplier<FunctionRegistry> functions;
    private final Pools pools;
    private final DefaultPools defaultPools;
    private final UrlRule urls;

    /**
     * @param functions those that can be called now
     * @param urls decides on URLs among the arguments
     */
    public CallReader(Supplier<FunctionRegistry> functions, Pools pools, DefaultPools defaultPools, UrlRule urls) {
        this.functions = functions;
        this.pools = pools;
        this.defaultPools = defaultPools;
        this.urls = urls;
    }

    /** The call of {@code apply}. */
    public CallSpec apply(RawJson body) throws CallRefusedException {
        return apply(BodyMembers.of(body, APPLY), "apply");
    }

    /** The call in these members; other members are ignored. */
    CallSpec apply(BodyMembers members, String verb) throws CallRefusedException {
        String functionName = members.requiredString("function");
        RawJson args = members.array("args");
        RawJson kwargs = members.object("kwargs");
        String poolName = members.string("pool");
        Duration timeout = members.seconds("timeout");
        Duration expires = members.seconds("expires");
        Long priority = members.integer("priority", -MAX_PRIORITY, MAX_PRIORITY);
        Map<String, String> tags = Tags.read(members, "tags");

        FunctionDefinition function = function(functionName);
        Pool pool = pool(poolName, function);
        checkTimeout(members, pool, timeout);
        checkArguments(function, args, kwargs, "", urls);
        CallDefaults defaults = function.origin().defaults();
        JobSpec spec = new JobSpec(
                verb,
                functionName,
                pool.name(),
                timeout == null ? defaults.timeout() : timeout,
                expires,
                priority(priority, defaults),
                tags,
                null);
        return new CallSpec(spec, pool, args, kwargs, defaults);
    }

    /** The priority of a call that gives this one, or null. */
    static int priority(@Nullable Long given, CallDefaults defaults) {
        if (given != null) {
            return given.intValue();
        }
        Integer standard = defaults.priority();
        return standard == null ? 0 : Math.clamp(standard, -MAX_PRIORITY, MAX_PRIORITY);
    }

    FunctionDefinition function(String name) throws CallRefusedException {
        FunctionRegistry known = functions.get();
        FunctionDefinition function = known.find(name).orElse(null);
        if (function == null) {
            throw new CallRefusedException(JobError.unknown(
                    ProblemType.UNKNOWN_FUNCTION,
                    name,
                    known.all().stream().map(FunctionDefinition::name).toList()));
        }
        return function;
    }

    /** The pool of this name; without a name, the function's own. */
    Pool pool(@Nullable String named, FunctionDefinition function) throws CallRefusedException {
        String name = named == null ? defaultPools.of(function) : named;
        Pool pool = pools.find(name).orElse(null);
        if (pool == null && named == null) {
            throw new CallRefusedException(JobError.gone(
                    ProblemType.UNKNOWN_POOL,
                    name,
                    "There is no pool '" + name + "' any more, where calls of '" + function.name()
                            + "' go that name no pool. Name one with the member pool, or make it again with PUT"
                            + " /v1/pools/" + name + "."));
        }
        if (pool == null) {
            throw new CallRefusedException(JobError.unknown(
                    ProblemType.UNKNOWN_POOL,
                    name,
                    pools.all().stream().map(Pool::name).toList()));
        }
        String runtime = function.origin().runtime();
        if (!defaultPools.canRun(runtime, pool.runtime())) {
            throw wrongRuntime(function, pool);
        }
        return pool;
    }

    private CallRefusedException wrongRuntime(FunctionDefinition function, Pool pool) {
        String runtime = function.origin().runtime();
        List<String> able = pools.all().stream()
                .filter(each -> each.runtime().equals(runtime))
                .map(Pool::name)
                .toList();
        return new CallRefusedException(JobError.of(
                        ProblemType.WRONG_RUNTIME,
                        "Pool '" + pool.name() + "' has " + pool.runtime() + " workers, and '" + function.name()
                                + "' is a function of runtime " + runtime + ". "
                                + (able.isEmpty()
                                        ? "No pool has such workers; make one with PUT /v1/pools/NAME."
                                        : "Name one of the pools " + String.join(", ", able) + ", or none."),
                        "pointer",
                        "/pool")
                .with("pools", able));
    }

    static void checkTimeout(BodyMembers members, Pool pool, @Nullable Duration timeout) throws CallRefusedException {
        if (timeout == null) {
            return;
        }
        Duration max = pool.view().settings().maxTimeout();
        if (max != null && timeout.compareTo(max) > 0) {
            throw BodyMembers.refuse(
                    members.pointer("timeout"),
                    "timeout must not be above the max_timeout of pool '" + pool.name() + "', " + Seconds.text(max)
                            + " s.");
        }
    }

    /** Checks the arguments of a call at this pointer of the body. */
    static void checkArguments(FunctionDefinition function, RawJson args, RawJson kwargs, String at, UrlRule urls)
            throws CallRefusedException {
        ArgumentFault fault = function.check(args, kwargs, urls);
        if (fault != null) {
            throw new CallRefusedException(error(fault, at));
        }
    }

    /** The API's error for a fault in the arguments at this pointer. */
    public static JobError error(ArgumentFault fault, String at) {
        return JobError.of(
                fault.address() ? ProblemType.FORBIDDEN_ADDRESS : ProblemType.INVALID_ARGUMENTS,
                fault.detail(),
                "pointer",
                at + fault.pointer());
    }
}
