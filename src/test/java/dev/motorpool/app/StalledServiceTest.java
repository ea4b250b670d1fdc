package dev.motorpool.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.ServiceProcess;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service that was stopped for longer than time limits does not fail calls that kept their limits. */
@Tag("slow")
class StalledServiceTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final long STANDSTILL_MILLIS = 4_000;
    private static final int CALLS = 2;

    @TempDir
    Path data;

    @Test
    void whatEndedInTimeCountsAndWhatRanTooLongDoesNot() throws Exception {
        try (ServiceProcess service = ServiceProcess.start(
                data,
                "--motorpool.pools.processes.size=6",
                "--motorpool.pools.threads.size=6",
                "--motorpool.pools.coroutines.size=6")) {
            List<CompletableFuture<HttpResponse<String>>> good = new ArrayList<>();
            List<CompletableFuture<HttpResponse<String>>> late = new ArrayList<>();
            List<CompletableFuture<HttpResponse<String>>> detached = new ArrayList<>();
            for (String pool : List.of("processes", "threads", "coroutines")) {
                for (int i = 0; i < CALLS; i++) {
                    good.add(service.posting("/v1/apply", call(pool, "\"args\":[1]")));
                }
                good.add(service.posting("/v1/map", call(pool, "\"items\":[1],\"chunksize\":1")));
                // One that ends during the standstill but too late, and one that never ends.
                late.add(service.posting("/v1/apply", call(pool, "\"args\":[3]")));
                late.add(service.posting("/v1/map", call(pool, "\"items\":[600]")));
                detached.add(service.posting("/v1/apply_async", call(pool, "\"args\":[1]")));
            }
            Eventually.within(PATIENCE, () -> {
                for (String pool : List.of("processes", "threads", "coroutines")) {
                    assertThat(get(service, "/v1/pools/" + pool)).contains("\"submitted\":6");
                }
            });
            signal(service, "STOP");
            Thread.sleep(STANDSTILL_MILLIS); // the standstill is the point
            signal(service, "CONT");
            for (CompletableFuture<HttpResponse<String>> answer : good) {
                assertThat(answer.join().statusCode()).as(answer.join().body()).isEqualTo(200);
            }
            for (CompletableFuture<HttpResponse<String>> answer : late) {
                assertThat(answer.join().statusCode()).as(answer.join().body()).isEqualTo(504);
            }
            for (CompletableFuture<HttpResponse<String>> accepted : detached) {
                String job = accepted.join().headers().firstValue("Location").orElseThrow();
                assertThat(get(service, job + "?wait=60")).contains("\"state\":\"succeeded\"");
            }
        }
    }

    private static String call(String pool, String arguments) {
        return "{\"function\":\"sleep\",\"timeout\":2.5,\"pool\":\"" + pool + "\"," + arguments + "}";
    }

    private static String get(ServiceProcess service, String path) {
        try {
            return service.get(path).body();
        } catch (java.io.IOException | InterruptedException failed) {
            throw new AssertionError(failed);
        }
    }

    private static void signal(ServiceProcess service, String signal) throws Exception {
        long pid = service.process().pid();
        assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                        .start()
                        .waitFor())
                .isZero();
    }
}
