package dev.motorpool.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.motorpool.testing.Eventually;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NameLookupsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final InetAddress[] FOUND = {InetAddress.ofLiteral("192.0.2.1")};

    private final CountDownLatch answer = new CountDownLatch(1);
    private final AtomicInteger asked = new AtomicInteger();

    private InetAddress[] slowly(String host) throws UnknownHostException {
        asked.incrementAndGet();
        try {
            answer.await();
        } catch (InterruptedException closed) {
            throw new UnknownHostException(host);
        }
        return FOUND;
    }

    @Test
    void aSlowNameIsGivenUpAfterTheLimit() {
        try (NameLookups lookups = new NameLookups("lookup-", this::slowly, Duration.ofMillis(50))) {
            assertThatExceptionOfType(UnknownHostException.class)
                    .isThrownBy(() -> lookups.all("slow.example"))
                    .withMessage("resolving slow.example took longer than 0.05 s");
        }
    }

    @Test
    void allWhoWaitForOneNameShareItsLookup() throws Exception {
        try (NameLookups lookups = new NameLookups("lookup-", this::slowly, PATIENCE);
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<InetAddress[]>> all = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                all.add(clients.submit(() -> lookups.all("slow.example")));
            }
            Eventually.within(PATIENCE, () -> assertThat(asked).hasValue(1));
            answer.countDown();
            for (Future<InetAddress[]> each : all) {
                assertThat(each.get()).isEqualTo(FOUND);
            }
        }
    }

    @Test
    void whatNobodyWaitsForAnyMoreIsNotBegun() throws Exception {
        try (NameLookups lookups = new NameLookups("lookup-", this::slowly, Duration.ofMillis(200));
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<InetAddress[]>> all = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                String host = "slow" + i + ".example";
                all.add(clients.submit(() -> lookups.all(host)));
            }
            for (Future<InetAddress[]> each : all) {
                assertThat(each).failsWithin(PATIENCE).withThrowableThat().withMessageContaining("took longer");
            }
            int begun = asked.get();
            assertThat(begun).isLessThan(100);
            answer.countDown();
            assertThat(lookups.all("next.example")).isEqualTo(FOUND);
            assertThat(asked).hasValue(begun + 1);
        }
    }

    @Test
    void aLiteralNeedsNoLookup() throws Exception {
        try (NameLookups lookups = new NameLookups("lookup-", this::slowly, PATIENCE)) {
            assertThat(lookups.all("192.0.2.7")).containsExactly(InetAddress.ofLiteral("192.0.2.7"));
            assertThat(lookups.all("2001:db8::7")).containsExactly(InetAddress.ofLiteral("2001:db8::7"));
            assertThat(asked).hasValue(0);
        }
    }

    /** Closed lookups have no thread, as when the system has none: the second one does not wait for the first. */
    @Test
    void aLookupThatGetsNoThreadIsNotWaitedForByOthers() {
        NameLookups lookups = new NameLookups("lookup-", this::slowly, Duration.ofMinutes(5));
        lookups.close();
        for (int i = 0; i < 2; i++) {
            assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> lookups.all("name.example"));
        }
    }
}
