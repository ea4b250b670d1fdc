package dev.motorpool.detached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.motorpool.detached.FaultyStore.Fault;
import dev.motorpool.detached.FaultyStore.Plan;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.pool.PoolStore.KeptPool;
import dev.motorpool.pool.PoolStore.Wanted;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.pool.settings.PoolPatch;
import dev.motorpool.store.sqlite.SqliteJobStore;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.LeavesNothingBehind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The faults are those that tests request; otherwise tests that use them would prove nothing. */
@ExtendWith(LeavesNothingBehind.class)
class FaultyStoreTest {

    private static final Map<String, KeptPool> POOLS =
            Map.of("p", new KeptPool(new PoolPatch(PoolKind.THREAD, Map.of()), Wanted.RUNNING));

    @TempDir
    Path dataDir;

    private FaultyStore store;

    @BeforeEach
    void open() throws Exception {
        store = new FaultyStore(SqliteJobStore.open(dataDir.resolve(SqliteJobStore.FILE)), Plan.none());
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void keep() throws StoreException {
        store.write(tables -> tables.keepPools(POOLS));
    }

    private boolean kept() throws StoreException {
        store.plan(Plan.none());
        return store.<Map<String, KeptPool>>read(tables -> tables.pools()).equals(POOLS);
    }

    @ParameterizedTest
    @CsvSource({
        "write,BEFORE,false",
        "write,AFTER,true",
        "tables.keepPools,BEFORE,false",
        "tables.keepPools,AFTER,false"
    })
    void aWriteFails(String call, Fault fault, boolean done) throws StoreException {
        store.plan(Plan.once(call, 0, fault));

        assertThatExceptionOfType(StoreException.class).isThrownBy(this::keep).withMessageContaining(call);

        assertThat(store.calls(call)).isEqualTo(1);
        assertThat(kept()).isEqualTo(done);
        keep();
        assertThat(kept()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"read,BEFORE", "read,AFTER", "reader.census,BEFORE", "reader.census,AFTER"})
    void aReadFails(String call, Fault fault) throws StoreException {
        store.plan(Plan.once(call, 1, fault));
        store.read(tables -> tables.census());

        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> store.read(tables -> tables.census()))
                .withMessageContaining(call);
    }

    @Test
    void whatHangsIsDoneWhenItIsReleased() throws Exception {
        store.plan(Plan.once("write", 0, Fault.HANGS));
        CompletableFuture<Boolean> kept = CompletableFuture.supplyAsync(() -> {
            try {
                keep();
                return true;
            } catch (StoreException e) {
                return false;
            }
        });
        Eventually.within(
                Duration.ofSeconds(10), () -> assertThat(store.hanging()).isEqualTo(1));
        assertThat(kept).isNotDone();

        store.release();

        assertThat(kept.join()).isTrue();
        assertThat(kept()).isTrue();
    }

    @Test
    void whatIsSlowIsDone() throws StoreException {
        store.plan(Plan.once("write", 0, Fault.SLOW));

        keep();

        assertThat(kept()).isTrue();
    }

    @Test
    void aPlanOfChanceIsTheSameForItsSeed() {
        Plan one = Plan.random(7, 3, Fault.BEFORE, Fault.AFTER);
        Plan same = Plan.random(7, 3, Fault.BEFORE, Fault.AFTER);
        int faults = 0;
        for (int i = 0; i < 300; i++) {
            Fault fault = one.at("write", i);
            assertThat(same.at("write", i)).isEqualTo(fault);
            faults += fault == Fault.NONE ? 0 : 1;
        }
        assertThat(faults).isBetween(50, 150);
    }
}
