package dev.motorpool.http;

import dev.motorpool.detached.DetachedJobs;
import dev.motorpool.job.CallRefusedException;
import dev.motorpool.job.DefaultPools;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.MalformedJsonException;
import dev.motorpool.pool.InvalidSettingException;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.PoolDirectory;
import dev.motorpool.pool.PoolPatchJson;
import dev.motorpool.pool.Pools;
import dev.motorpool.pool.RefusedException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** The pools: what they are, and what operators do with them. */
final class PoolApi {

    private static final Logger LOG = LoggerFactory.getLogger(PoolApi.class);

    private static final Duration MAX_WAIT = Duration.ofMinutes(5);

    /** How often a waiting request looks whether its client is still there. */
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final Pools pools;
    private final PoolDirectory directory;
    private final DefaultPools defaults;
    private final DetachedJobs jobs;

    PoolApi(Pools pools, PoolDirectory directory, DefaultPools defaults, DetachedJobs jobs) {
        this.pools = pools;
        this.directory = directory;
        this.defaults = defaults;
        this.jobs = jobs;
    }

    List<Route> routes() {
        String one = "/v1/pools/{name}";
        return List.of(
                Route.of("GET", "/v1/pools", "listPools", this::list)
                        .query(QueryParameter.LIMIT, QueryParameter.CURSOR),
                Route.of("GET", one, "getPool", exchange -> answer(exchange, 200, pool(exchange)))
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
                Route.of("POST", one + "/terminate", "terminatePool", exchange -> {
                            Pool pool = pool(exchange);
                            terminate(pool);
                            tell(exchange, pool.name(), "Pool terminated");
                            answer(exchange, 200, pool);
                        })
                        .problems(ProblemType.UNKNOWN_POOL),
                Route.of("GET", one + "/join", "joinPool", this::join)
                        .query(QueryParameter.TIMEOUT)
                        .problems(ProblemType.UNKNOWN_POOL, ProblemType.POOL_RUNNING));
    }

    private void list(Exchange exchange) throws Exception {
        JsonWriter json = new JsonWriter();
        Paging.write(
                json,
                exchange.query(),
                "pools",
                pools.all(),
                Pool::name,
                (out, pool) -> JsonParts.pool(out, pool.view(), jobs.queued(pool.name())));
        exchange.answer(200, json);
    }

    private void put(Exchange exchange) throws Exception {
        Pools.Put put = kept(() -> directory.put(exchange.variable("name"), PoolPatchJson.read(exchange.body())));
        tell(exchange, put.pool().name(), put.made() ? "Pool made" : "Pool changed");
        answer(exchange, put.made() ? 201 : 200, put.pool());
    }

    private void delete(Exchange exchange) throws Exception {
        Pool pool = pool(exchange);
        boolean force = exchange.query()
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
            pool(exchange); // it has gone meanwhile
        }
        tell(exchange, pool.name(), "Pool deleted");
        exchange.answerNothing(204);
    }

    /** What the pool has is cancelled, and then what the store has for it. */
    private void terminate(Pool pool)
            throws RefusedException, ProblemException, CallRefusedException, InterruptedException {
        kept(() -> {
            directory.terminate(pool);
            return true;
        });
        jobs.endPool(pool);
    }

    /** Writes to the log what a client has done to a pool, and with which API key. */
    private static void tell(Exchange exchange, String pool, String done) {
        LoggingEventBuilder line = LOG.atInfo().addKeyValue("pool", pool);
        if (!exchange.caller().key().isEmpty()) {
            line = line.addKeyValue("key", exchange.caller().key());
        }
        line.log(done);
    }

    /** What a call does to a pool. */
    private interface Change {
        void to(Pool pool) throws RefusedException, IOException;
    }

    /**
     * A route that does something to a pool and answers with it.
     *
     * @param done what the log says then
     */
    private Route action(String word, String done, Change change, ProblemType... problems) {
        return Route.of("POST", "/v1/pools/{name}/" + word, word + "Pool", exchange -> {
                    Pool pool = pool(exchange);
                    kept(() -> {
                        change.to(pool);
                        return true;
                    });
                    tell(exchange, pool.name(), done);
                    answer(exchange, 200, pool);
                })
                .problems(problems);
    }

    private void join(Exchange exchange) throws Exception {
        Pool pool = pool(exchange);
        Duration asked = exchange.query().seconds(QueryParameter.TIMEOUT.word(), MAX_WAIT);
        Duration wait = exchange.head() ? Duration.ZERO : asked;
        try (RequestShares.Share _ = exchange.waiting(wait)) {
            join(exchange, pool, wait);
        }
    }

    private void join(Exchange exchange, Pool pool, Duration wait) throws Exception {
        long deadline = System.nanoTime() + wait.toNanos();
        while (true) {
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            boolean joined = pool.join(left.compareTo(LOOK_EVERY) < 0 ? left : LOOK_EVERY);
            if (joined || left.compareTo(LOOK_EVERY) <= 0) {
                answer(exchange, joined ? 200 : 202, pool);
                return;
            }
            if (exchange.connection().gone()) {
                exchange.connection().closeNow();
                return;
            }
        }
    }

    /** A change that is kept over restarts. */
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
            LOG.error("A change of a pool could not be kept, and is not made", notKept);
            throw new ProblemException(
                    Problem.unavailable("The change could not be kept and has not been made: the disk refused it."));
        }
    }

    private Pool pool(Exchange exchange) throws ProblemException {
        return named(pools, exchange.variable("name"));
    }

    /** The pool of that name. */
    static Pool named(Pools pools, String name) throws ProblemException {
        Pool pool = pools.find(name).orElse(null);
        if (pool == null) {
            throw Problem.unknown(
                    ProblemType.UNKNOWN_POOL,
                    "pool",
                    name,
                    pools.all().stream().map(Pool::name).toList());
        }
        return pool;
    }

    private void answer(Exchange exchange, int status, Pool pool) throws IOException, ProblemException {
        JsonWriter json = new JsonWriter();
        JsonParts.pool(json, pool.view(), jobs.queued(pool.name()));
        exchange.answer(status, json);
    }
}
