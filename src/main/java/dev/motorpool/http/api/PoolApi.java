package dev.motorpool.http.api;

import dev.motorpool.detached.DetachedJobs;
import dev.motorpool.http.problem.JsonParts;
import dev.motorpool.http.problem.Problem;
import dev.motorpool.http.problem.ProblemException;
import dev.motorpool.http.route.ApiRequest;
import dev.motorpool.http.route.Paging;
import dev.motorpool.http.route.QueryParameter;
import dev.motorpool.http.route.RequestShares;
import dev.motorpool.http.route.Route;
import dev.motorpool.http.server.ClientConnection.Presence;
import dev.motorpool.job.ProblemType;
import dev.motorpool.job.request.CallRefusedException;
import dev.motorpool.job.request.DefaultPools;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.MalformedJsonException;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.PoolDirectory;
import dev.motorpool.pool.Pools;
import dev.motorpool.pool.RefusedException;
import dev.motorpool.pool.settings.InvalidSettingException;
import dev.motorpool.pool.settings.PoolPatchJson;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** The pools: their state, and the operations of operators on them. */
public final class PoolApi {

    private static final Logger LOG = LoggerFactory.getLogger(PoolApi.class);

    private static final Duration MAX_WAIT = Duration.ofMinutes(5);

    /** How often a waiting request checks its client's connection. */
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final Pools pools;
    private final PoolDirectory directory;
    private final DefaultPools defaults;
    private final DetachedJobs jobs;

    public PoolApi(Pools pools, PoolDirectory directory, DefaultPools defaults, DetachedJobs jobs) {
        this.pools = pools;
        this.directory = directory;
        this.defaults = defaults;
        this.jobs = jobs;
    }

    public List<Route> routes() {
        String one = "/v1/pools/{name}";
        return List.of(
                Route.of("GET", "/v1/pools", "listPools", this::list)
                        .query(QueryParameter.LIMIT, QueryParameter.CURSOR),
                Route.of("GET", one, "getPool", apiRequest -> answer(apiRequest, 200, pool(apiRequest)))
                        .problems(ProblemType.UNKNOWN_POOL),
                Route.of("PUT", one, "putPool", this::put)
                        .takes("PoolSettingsChange")
                        .problems(ProblemType.POOL_CLOSED, ProblemType.WRONG_KIND),
                Route.of("DELETE", one, "deletePool", this::delete)
                        .query(QueryParameter.FORCE)
                        .problems(ProblemType.UNKNOWN_POOL, ProblemType.POOL_IS_DEFAULT),
                action("pause", "Pool paused", directory::pause, ProblemType.UNKNOWN_POOL, ProblemType.POOL_CLOSED),
                action("resume", "Pool resumed", directory::resume, ProblemType.UNKNOWN_POOL, ProblemType.POOL_CLOSED),
                action("close", "Pool closed", directory::close, ProblemType.UNKNOWN_POOL),
                Route.of("POST", one + "/terminate", "terminatePool", apiRequest -> {
                            Pool pool = pool(apiRequest);
                            terminate(pool);
                            tell(apiRequest, pool.name(), "Pool terminated");
                            answer(apiRequest, 200, pool);
                        })
                        .problems(ProblemType.UNKNOWN_POOL),
                Route.of("GET", one + "/join", "joinPool", this::join)
                        .query(QueryParameter.TIMEOUT)
                        .problems(ProblemType.UNKNOWN_POOL, ProblemType.POOL_RUNNING));
    }

    private void list(ApiRequest apiRequest) throws Exception {
        JsonWriter json = new JsonWriter();
        Paging.write(
                json,
                apiRequest.query(),
                "pools",
                pools.all(),
                Pool::name,
                (out, pool) -> JsonParts.pool(out, pool.view(), jobs.queued(pool.name())));
        apiRequest.answer(200, json);
    }

    private void put(ApiRequest apiRequest) throws Exception {
        Pools.Put put = kept(() -> directory.put(apiRequest.variable("name"), PoolPatchJson.read(apiRequest.body())));
        tell(apiRequest, put.pool().name(), put.made() ? "Pool made" : "Pool changed");
        answer(apiRequest, put.made() ? 201 : 200, put.pool());
    }

    private void delete(ApiRequest apiRequest) throws Exception {
        Pool pool = pool(apiRequest);
        boolean force = apiRequest
                .query()
                .oneOf(QueryParameter.FORCE.word(), "false", "true")
                .equals("true");
        if (defaults.has(pool.name()) && !force) {
            throw new ProblemException(Problem.of(
                    ProblemType.POOL_IS_DEFAULT,
                    "Calls of functions that name no pool go to pool '" + pool.name()
                            + "'. To delete it all the same, add ?force=true."));
        }
        terminate(pool);
        if (!kept(() -> directory.delete(pool.name()))) {
            pool(apiRequest); // the pool was removed meanwhile
        }
        tell(apiRequest, pool.name(), "Pool deleted");
        apiRequest.answerNothing(204);
    }

    /** Cancels the calls in the pool, then the pool's jobs in the store. */
    private void terminate(Pool pool)
            throws RefusedException, ProblemException, CallRefusedException, InterruptedException {
        kept(() -> {
            directory.terminate(pool);
            return true;
        });
        jobs.endPool(pool);
    }

    /** Logs an operation of a client on a pool, with the name of the API key. */
    private static void tell(ApiRequest apiRequest, String pool, String done) {
        LoggingEventBuilder line = LOG.atInfo().addKeyValue("pool", pool);
        if (!apiRequest.caller().key().isEmpty()) {
            line = line.addKeyValue("key", apiRequest.caller().key());
        }
        line.log(done);
    }

    /** An operation on a pool. */
    private interface Change {
        void to(Pool pool) throws RefusedException, IOException;
    }

    /**
     * A route that performs an operation on a pool and answers with the pool.
     *
     * @param done the operation as the log names it
     */
    private Route action(String word, String done, Change change, ProblemType... problems) {
        return Route.of("POST", "/v1/pools/{name}/" + word, word + "Pool", apiRequest -> {
                    Pool pool = pool(apiRequest);
                    kept(() -> {
                        change.to(pool);
                        return true;
                    });
                    tell(apiRequest, pool.name(), done);
                    answer(apiRequest, 200, pool);
                })
                .problems(problems);
    }

    private void join(ApiRequest apiRequest) throws Exception {
        Pool pool = pool(apiRequest);
        Duration asked = apiRequest.query().seconds(QueryParameter.TIMEOUT.word(), MAX_WAIT);
        Duration wait = apiRequest.head() ? Duration.ZERO : asked;
        try (RequestShares.Share _ = apiRequest.waiting(wait)) {
            join(apiRequest, pool, wait);
        }
    }

    private void join(ApiRequest apiRequest, Pool pool, Duration wait) throws Exception {
        long deadline = System.nanoTime() + wait.toNanos();
        while (true) {
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            boolean joined = pool.join(left.compareTo(LOOK_EVERY) < 0 ? left : LOOK_EVERY);
            if (joined || left.compareTo(LOOK_EVERY) <= 0) {
                answer(apiRequest, joined ? 200 : 202, pool);
                return;
            }
            if (apiRequest.connection().presence() != Presence.THERE) {
                apiRequest.connection().closeNow();
                return;
            }
        }
    }

    /** A change that survives restarts. */
    private interface KeptChange<T> {
        T make()
                throws RefusedException, InvalidSettingException, MalformedJsonException, IOException,
                        InterruptedException;
    }

    private static <T> T kept(KeptChange<T> change) throws RefusedException, ProblemException, InterruptedException {
        try {
            return change.make();
        } catch (InvalidSettingException invalid) {
            throw new ProblemException(Problem.malformed(invalid.pointer(), String.valueOf(invalid.getMessage())));
        } catch (MalformedJsonException malformed) {
            throw new ProblemException(Problem.malformed(malformed.pointer(), malformed.getMessage()));
        } catch (IOException notKept) {
            LOG.error("A change of a pool could not be stored and is not made", notKept);
            throw new ProblemException(
                    Problem.unavailable("The change could not be kept and has not been made: the disk refused it."));
        }
    }

    private Pool pool(ApiRequest apiRequest) throws ProblemException {
        return named(pools, apiRequest.variable("name"));
    }

    /** The pool with this name. */
    static Pool named(Pools pools, String name) throws ProblemException {
        Pool pool = pools.find(name).orElse(null);
        if (pool == null) {
            throw Problem.unknown(
                    ProblemType.UNKNOWN_POOL,
                    name,
                    pools.all().stream().map(Pool::name).toList());
        }
        return pool;
    }

    private void answer(ApiRequest apiRequest, int status, Pool pool) throws IOException, ProblemException {
        JsonWriter json = new JsonWriter();
        JsonParts.pool(json, pool.view(), jobs.queued(pool.name()));
        apiRequest.answer(status, json);
    }
}
