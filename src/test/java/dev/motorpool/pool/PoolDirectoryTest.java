package dev.motorpool.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.motorpool.function.builtin.Builtins;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.PoolStore.KeptPool;
import dev.motorpool.pool.PoolStore.Wanted;
import dev.motorpool.pool.settings.Initializer;
import dev.motorpool.pool.settings.InvalidSettingException;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.pool.settings.PoolPatch;
import dev.motorpool.pool.settings.PoolPatchJson;
import dev.motorpool.pool.settings.PoolSetting;
import dev.motorpool.pool.settings.PoolSettings;
import dev.motorpool.pool.settings.Sandbox;
import dev.motorpool.pool.settings.SettingRules;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.LeavesNothingBehind;
import dev.motorpool.testing.RealWorkers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(LeavesNothingBehind.class)
@Tag("service")
class PoolDirectoryTest {

    /** A store in memory that can refuse. */
    private static final class Memory implements PoolStore {
        private Map<String, KeptPool> kept = Map.of();
        private boolean full;

        @Override
        public Map<String, KeptPool> load() {
            return kept;
        }

        @Override
        public void save(Map<String, KeptPool> pools) throws IOException {
            if (full) {
                throw new IOException("No space left on device");
            }
            kept = new TreeMap<>(pools);
        }
    }

    private final Memory store = new Memory();
    private final Map<String, PoolPatch> configured = new HashMap<>();
    private final Map<String, PoolPatch> later = new HashMap<>();
    private PoolFixture fixture = new PoolFixture(Map.of("java", RealWorkers.java()));
    private PoolDirectory directory = directory();

    private PoolDirectory directory() {
        return new PoolDirectory(
                fixture.pools,
                store,
                configured,
                later,
                new SettingRules(2, Set.of("java"), Builtins.functions(false)::registry, url -> null));
    }

    /** The same store and configuration, another service. */
    private void restart() throws Exception {
        fixture.close();
        fixture = new PoolFixture();
        directory = directory();
        directory.open(Set.of());
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @ParameterizedTest
    @CsvSource({"PROCESS, 2", "THREAD, 16", "COROUTINE, 10000"})
    void aPoolHasTheDefaultsOfItsKind(PoolKind kind, int size) throws Exception {
        Pools.Put put = directory.put("crunch", patch(kind, Map.of()));

        assertThat(put.made()).isTrue();
        assertThat(put.pool().view().settings())
                .isEqualTo(new PoolSettings(kind, size, 10_000, null, null, null, 1, null, null, null, "java"));
    }

    @Test
    void aPoolWhoseInitializerIsOfASourceIsMadeOnceSourcesAreLoaded() throws Exception {
        Initializer initializer = new Initializer("files.open", RawJson.EMPTY_ARRAY, RawJson.EMPTY_OBJECT);
        configured.put("files", patch(PoolKind.PROCESS, Map.of(PoolSetting.INITIALIZER, initializer)));
        configured.put("plain", patch(PoolKind.PROCESS, Map.of()));
        restart();
        assertThat(fixture.pools.find("files")).isEmpty();
        assertThat(fixture.pools.find("plain")).isPresent();

        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> directory.openRest(true))
                .withMessageContaining("files.open");
        directory.openRest(false); // its source may have failed
        assertThat(settings("files").initializer()).isEqualTo(initializer);
    }

    @Test
    void aProvidedPoolHasSettingsOfItsOwnAndKeepsThemOverARestart() throws Exception {
        Duration idle = Duration.ofMinutes(5);
        later.put("files", patch(PoolKind.PROCESS, Map.of(PoolSetting.SIZE, 1, PoolSetting.IDLE_TIMEOUT, idle)));
        restart();
        assertThat(fixture.pools.find("files")).isEmpty();

        directory.provide(Set.of("files"));
        assertThat(settings("files").idleTimeout()).isEqualTo(idle);
        Map<PoolSetting, @Nullable Object> never = new HashMap<>();
        never.put(PoolSetting.IDLE_TIMEOUT, null);
        directory.put("files", patch(null, never));
        assertThat(settings("files").idleTimeout()).isNull();

        restart();
        directory.provide(Set.of("files"));
        assertThat(settings("files").idleTimeout()).isNull();
        assertThat(settings("files").size()).isEqualTo(1);
    }

    @Test
    void theNameOfAPoolIsFreeUntilItIsProvided() throws Exception {
        later.put("files", patch(PoolKind.PROCESS, Map.of(PoolSetting.SIZE, 1)));
        restart();
        directory.put("files", patch(PoolKind.THREAD, Map.of()));

        directory.provide(Set.of("files"));
        assertThat(settings("files").kind()).isEqualTo(PoolKind.THREAD);
        assertThat(settings("files").size()).isEqualTo(16);
    }

    @Test
    void whatIsLeftOutKeepsItsValueAndNullResetsIt() throws Exception {
        configured.put("crunch", patch(PoolKind.THREAD, Map.of(PoolSetting.SIZE, 3, PoolSetting.QUEUE_CAPACITY, 5)));
        restart();

        directory.put("crunch", patch(null, Map.of(PoolSetting.SIZE, 2)));
        Pools.Put second =
                directory.put("crunch", patch(null, Map.of(PoolSetting.DEFAULT_TIMEOUT, Duration.ofSeconds(7))));
        assertThat(second.made()).isFalse();
        assertThat(settings("crunch").size()).isEqualTo(2);
        assertThat(settings("crunch").queueCapacity()).isEqualTo(5);
        assertThat(settings("crunch").defaultTimeout()).isEqualTo(Duration.ofSeconds(7));

        Map<PoolSetting, @Nullable Object> reset = new HashMap<>();
        reset.put(PoolSetting.SIZE, null);
        reset.put(PoolSetting.DEFAULT_TIMEOUT, null);
        directory.put("crunch", patch(PoolKind.THREAD, reset));
        assertThat(settings("crunch").size()).isEqualTo(3);
        assertThat(settings("crunch").defaultTimeout()).isNull();
    }

    @Test
    void whatWasAskedForOutlivesTheServiceAndWinsOverTheConfiguration() throws Exception {
        configured.put("crunch", patch(PoolKind.THREAD, Map.of(PoolSetting.SIZE, 3)));
        configured.put("other", patch(PoolKind.THREAD, Map.of(PoolSetting.SIZE, 4)));
        restart();
        directory.put("crunch", patch(null, Map.of(PoolSetting.SIZE, 1)));
        directory.put("paused", patch(PoolKind.THREAD, Map.of()));
        directory.pause(pool("paused"));
        directory.put("closed", patch(PoolKind.THREAD, Map.of()));
        directory.close(pool("closed"));
        directory.put("terminated", patch(PoolKind.THREAD, Map.of()));
        directory.terminate(pool("terminated"));

        configured.put("other", patch(PoolKind.THREAD, Map.of(PoolSetting.SIZE, 5)));
        restart();

        assertThat(settings("crunch").size()).isEqualTo(1);
        assertThat(settings("other").size()).isEqualTo(5);
        assertThat(pool("paused").view().state()).isEqualTo(PoolState.PAUSED);
        assertThat(pool("closed").view().state()).isEqualTo(PoolState.CLOSED);
        assertThat(pool("terminated").view().state()).isEqualTo(PoolState.TERMINATED);
    }

    @Test
    void aPausedPoolThatGoesOnDoesSoAfterARestartToo() throws Exception {
        directory.put("crunch", patch(PoolKind.THREAD, Map.of()));
        directory.pause(pool("crunch"));
        directory.resume(pool("crunch"));

        assertThat(store.kept.get("crunch")).isEqualTo(new KeptPool(patch(PoolKind.THREAD, Map.of()), Wanted.RUNNING));
    }

    @Test
    void theStateOfAConfiguredPoolIsKeptAndNoSettingOfIt() throws Exception {
        configured.put("extra", patch(PoolKind.THREAD, Map.of(PoolSetting.SIZE, 2)));
        configured.put("held", patch(PoolKind.THREAD, Map.of(PoolSetting.SIZE, 2)));
        restart();
        directory.pause(pool("extra"));
        directory.resume(pool("extra"));
        assertThat(store.kept).isEmpty();
        directory.pause(pool("held"));

        configured.remove("extra");
        configured.put("held", patch(PoolKind.COROUTINE, Map.of(PoolSetting.SIZE, 3)));
        restart();
        assertThat(fixture.pools.find("extra")).isEmpty();
        assertThat(pool("held").view().state()).isEqualTo(PoolState.PAUSED);
        assertThat(settings("held").kind()).isEqualTo(PoolKind.COROUTINE);
        assertThat(settings("held").size()).isEqualTo(3);

        configured.remove("held");
        restart();
        assertThat(fixture.pools.find("held")).isEmpty();
        directory.put("held", patch(PoolKind.THREAD, Map.of()));
        restart();
        assertThat(pool("held").view().state()).isNotEqualTo(PoolState.PAUSED);
    }

    @Test
    void aConfiguredPoolThatWasChangedIsKeptWithItsStateAndItsKind() throws Exception {
        configured.put("crunch", patch(PoolKind.THREAD, Map.of(PoolSetting.SIZE, 2)));
        restart();
        directory.pause(pool("crunch"));
        directory.put("crunch", patch(null, Map.of(PoolSetting.SIZE, 5)));

        configured.remove("crunch");
        restart();
        assertThat(settings("crunch").kind()).isEqualTo(PoolKind.THREAD);
        assertThat(settings("crunch").size()).isEqualTo(5);
        assertThat(pool("crunch").view().state()).isEqualTo(PoolState.PAUSED);
    }

    @Test
    void aTerminatedPoolStaysTerminated() throws Exception {
        directory.put("crunch", patch(PoolKind.THREAD, Map.of()));
        directory.terminate(pool("crunch"));
        directory.close(pool("crunch"));

        assertThat(pool("crunch").view().state()).isEqualTo(PoolState.TERMINATED);
        restart();
        assertThat(pool("crunch").view().state()).isEqualTo(PoolState.TERMINATED);
    }

    @Test
    void aDeletedPoolIsForgottenAndAConfiguredOneComesBackAfterARestart() throws Exception {
        configured.put("shipped", patch(PoolKind.THREAD, Map.of(PoolSetting.SIZE, 3)));
        restart();
        directory.put("shipped", patch(null, Map.of(PoolSetting.SIZE, 1)));
        directory.put("crunch", patch(PoolKind.THREAD, Map.of()));

        assertThat(directory.delete("crunch")).isTrue();
        assertThat(directory.delete("crunch")).isFalse();
        assertThat(directory.delete("shipped")).isTrue();
        assertThat(fixture.pools.all()).isEmpty();
        assertThat(store.kept).isEmpty();

        restart();
        assertThat(fixture.pools.find("crunch")).isEmpty();
        assertThat(settings("shipped").size()).isEqualTo(3);
    }

    @Test
    void aPoolThatTakesLongToEndHoldsUpNoOther() throws Exception {
        fixture.close();
        CountDownLatch released = new CountDownLatch(1);
        fixture = new PoolFixture(Map.of("java", shape -> {
            released.await();
            throw new UncheckedIOException(new IOException("released"));
        }));
        directory = directory();
        Pool slow = directory.put("slow", patch(PoolKind.THREAD, Map.of())).pool();
        CompletableFuture<Boolean> deleted = new CompletableFuture<>();
        Thread deleting = Thread.ofVirtual().start(() -> {
            try {
                deleted.complete(directory.delete("slow"));
            } catch (IOException | InterruptedException failed) {
                deleted.completeExceptionally(failed);
            }
        });
        Eventually.within(
                PoolFixture.PATIENCE, () -> assertThat(slow.view().state()).isEqualTo(PoolState.TERMINATED));

        directory.put("other", patch(PoolKind.THREAD, Map.of()));
        directory.terminate(slow);
        assertThat(deleted).isNotDone();

        released.countDown();
        deleting.join();
        assertThat(deleted).isCompletedWithValue(true);
        assertThat(store.kept).containsOnlyKeys("other");
    }

    @Test
    void aChangeThatCannotBeKeptIsNotMade() throws Exception {
        directory.put("crunch", patch(PoolKind.THREAD, Map.of(PoolSetting.SIZE, 1)));
        store.full = true;

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> directory.put("crunch", patch(null, Map.of(PoolSetting.SIZE, 2))));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> directory.put("other", patch(PoolKind.THREAD, Map.of())));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> directory.pause(pool("crunch")));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> directory.close(pool("crunch")));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> directory.delete("crunch"));

        assertThat(settings("crunch").size()).isEqualTo(1);
        assertThat(pool("crunch").view().state()).isIn(PoolState.STARTING, PoolState.RUNNING);
        assertThat(fixture.pools.find("other")).isEmpty();
    }

    @Test
    void aPoolKeepsItsKind() throws Exception {
        directory.put("crunch", patch(PoolKind.THREAD, Map.of()));

        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> directory.put("crunch", patch(PoolKind.PROCESS, Map.of())))
                .satisfies(refusal -> assertThat(refusal.why()).isEqualTo(RefusedException.Cause.WRONG_KIND));
    }

    @Test
    void aClosedPoolIsNotChanged() throws Exception {
        directory.put("crunch", patch(PoolKind.THREAD, Map.of()));
        directory.close(pool("crunch"));

        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> directory.put("crunch", patch(null, Map.of(PoolSetting.SIZE, 2))))
                .satisfies(refusal -> assertThat(refusal.why()).isEqualTo(RefusedException.Cause.CLOSED));
        assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> directory.pause(pool("crunch")));
        assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> directory.resume(pool("crunch")));
        assertThat(store.kept.get("crunch")).isEqualTo(new KeptPool(patch(PoolKind.THREAD, Map.of()), Wanted.CLOSED));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/kind | {}",
                "/kind | {'kind':'fiber'}",
                "/kind | {'kind':1}",
                "/size | {'kind':'process','size':0}",
                "/size | {'kind':'process','size':4097}",
                "/size | {'kind':'thread','size':1.5}",
                "/size | {'kind':'thread','size':'2'}",
                "/size | {'kind':'coroutine','size':1000001}",
                "/size | {'kind':'coroutine','size':1e999999999}",
                "/queue_capacity | {'kind':'process','queue_capacity':-1}",
                "/queue_capacity | {'kind':'process','queue_capacity':10000001}",
                "/default_timeout | {'kind':'process','default_timeout':0}",
                "/default_timeout | {'kind':'process','default_timeout':1e999999999}",
                "/default_timeout | {'kind':'process','default_timeout':315360000.1}",
                "/max_timeout | {'kind':'process','max_timeout':315360001}",
                "/default_timeout | {'kind':'process','default_timeout':2,'max_timeout':1.5}",
                "/max_timeout | {'kind':'process','max_timeout':-1}",
                "/max_timeout | {'kind':'process','max_timeout':true}",
                "/max_tasks_per_child | {'kind':'process','max_tasks_per_child':0}",
                "/threads_per_worker | {'kind':'process','threads_per_worker':1025}",
                "/threads_per_worker | {'kind':'thread','threads_per_worker':2}",
                "/memory_limit | {'kind':'process','memory_limit':1000}",
                "/memory_limit | {'kind':'process','memory_limit':1e19}",
                "/runtime | {'kind':'process','runtime':'/bin/sh'}",
                "/runtime | {'kind':'process','runtime':['/bin/sh']}",
                "/initializer | {'kind':'process','initializer':'echo'}",
                "/initializer/function | {'kind':'process','initializer':{}}",
                "/initializer/function | {'kind':'process','initializer':{'function':'nothing'}}",
                "/initializer/args/0 | {'kind':'process','initializer':{'function':'fib','args':['x']}}",
                "/initializer/args | {'kind':'process','initializer':{'function':'fib','args':{}}}",
                "/initializer/more | {'kind':'process','initializer':{'function':'fib','args':[1],'more':1}}",
                "/sise | {'kind':'process','sise':1}",
                "/a~1b~0 | {'kind':'process','a/b~':1}",
            })
    void whatIsWrongIsPointedAt(String pointer, String body) {
        RawJson json = RawJson.of(body.replace('\'', '"'));

        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> directory.put("crunch", PoolPatchJson.read(json)))
                .satisfies(refusal -> assertThat(refusal.pointer()).isEqualTo(pointer))
                .withMessageMatching(".{10,}\\.");
        assertThat(fixture.pools.all()).isEmpty();
        assertThat(store.kept).isEmpty();
    }

    @Test
    void everySettingCanBeGivenAsJson() throws Exception {
        directory.put(
                "crunch",
                PoolPatchJson.read(
                        RawJson.of(
                                "{\"kind\":\"process\",\"size\":1e0,\"queue_capacity\":5.0,"
                                    + "\"default_timeout\":0.25,\"max_timeout\":3,\"max_tasks_per_child\":7,"
                                    + "\"threads_per_worker\":2,\"memory_limit\":1073741824,"
                                    + "\"idle_timeout\":30,\"initializer\":{\"function\":\"echo\",\"args\":[1.0]},\"runtime\":\"java\",\"sandbox\":\"bubblewrap\",\"network\":false}")));

        assertThat(settings("crunch"))
                .isEqualTo(new PoolSettings(
                        PoolKind.PROCESS,
                        1,
                        5,
                        Duration.ofMillis(250),
                        Duration.ofSeconds(3),
                        7,
                        2,
                        1_073_741_824L,
                        new Initializer("echo", RawJson.of("[1.0]"), RawJson.EMPTY_OBJECT),
                        Duration.ofSeconds(30),
                        "java",
                        Sandbox.BUBBLEWRAP,
                        false));
    }

    @ParameterizedTest
    @CsvSource({"''", "a b", "-a", "../a", "a/b", "ä"})
    void namesThatDoNotFitAreRefused(String name) {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> directory.put(name, patch(PoolKind.THREAD, Map.of())))
                .satisfies(refusal -> assertThat(refusal.pointer()).isEqualTo("name"));
    }

    private Pool pool(String name) {
        return fixture.pools.find(name).orElseThrow();
    }

    private PoolSettings settings(String name) {
        return pool(name).view().settings();
    }

    private static PoolPatch patch(@Nullable PoolKind kind, Map<PoolSetting, ? extends @Nullable Object> given) {
        Map<PoolSetting, @Nullable Object> values = new HashMap<>();
        given.forEach(values::put);
        return new PoolPatch(kind, values);
    }
}
