package dev.motorpool.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A client of a service that is killed again and again. It submits jobs of all kinds and records the answers. With an
 * {@code Idempotency-Key} it repeats a call until it is answered; without one it abandons the call when its connection
 * breaks.
 */
final class CrashClient implements Callable<List<PromisedJob>> {

    private static final int ITEMS = 200;
    private static final long LONGEST_PAUSE_NANOS = 8_000_000;
    private static final JsonMapper JSON = new JsonMapper();

    /** A request and its expected result. */
    private record Wish(
            String verb,
            String members,
            String state,
            @Nullable String value,
            double delaySeconds) {}

    private final int number;
    private final String hook;
    private final CrashTarget target;
    private final BooleanSupplier enough;
    private final Random random;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final List<PromisedJob> promised = new ArrayList<>();
    private int made;

    /** @param hook webhook URL of some jobs */
    CrashClient(int number, String hook, CrashTarget target, BooleanSupplier enough) {
        this.number = number;
        this.hook = hook;
        this.target = target;
        this.enough = enough;
        this.random = new Random(number);
    }

    @Override
    public List<PromisedJob> call() throws InterruptedException {
        try (client) {
            while (!enough.getAsBoolean()) {
                submit(wish());
                LockSupport.parkNanos(random.nextLong(LONGEST_PAUSE_NANOS));
            }
            client.shutdownNow();
        }
        return promised;
    }

    private Wish wish() {
        String unique = number + "-" + made++;
        return switch (random.nextInt(20)) {
            case 0 -> map(unique);
            case 1, 2 -> {
                int n = random.nextInt(20);
                yield wish("\"function\":\"fib\",\"args\":[" + n + "]", Long.toString(fib(n)));
            }
            case 3, 4 -> {
                double seconds = random.nextInt(30) / 100.0;
                yield wish("\"function\":\"sleep\",\"args\":[" + seconds + "]", Double.toString(seconds));
            }
            case 5 ->
                new Wish(
                        "apply_async",
                        "\"function\":\"raise\",\"args\":[\"" + unique + "\"],\"retries\":2,\"retry_delay\":0.05",
                        "failed",
                        null,
                        0);
            case 6, 7 -> {
                double delay = random.nextInt(400) / 100.0;
                String text = "\"late " + unique + "\"";
                yield new Wish(
                        "apply_async",
                        "\"function\":\"echo\",\"args\":[" + text + "],\"delay\":" + delay + patience(),
                        "succeeded",
                        text,
                        delay);
            }
            default -> {
                String text =
                        "\"" + unique + " " + "x".repeat(random.nextInt(8) == 0 ? random.nextInt(6000) : 3) + "\"";
                yield wish("\"function\":\"echo\",\"args\":[" + text + "]", text);
            }
        };
    }

    private Wish wish(String members, String value) {
        return new Wish("apply_async", members + patience(), "succeeded", value, 0);
    }

    /** A map of unique items, in chunks of any size. */
    private Wish map(String unique) {
        String items = IntStream.range(0, ITEMS)
                .mapToObj(item -> "\"" + unique + "/" + item + "\"")
                .collect(Collectors.joining(",", "[", "]"));
        return new Wish(
                "map_async",
                "\"function\":\"echo\",\"items\":" + items + ",\"chunksize\":" + (1 + random.nextInt(40)) + patience(),
                "succeeded",
                items,
                0);
    }

    /** Workers are killed at random: enough retries to survive that. */
    private String patience() {
        return ",\"retries\":30,\"retry_delay\":0.02,\"priority\":" + (random.nextInt(5) - 2);
    }

    private static long fib(int n) {
        long before = 0;
        long now = 1;
        for (int i = 0; i < n; i++) {
            long next = before + now;
            before = now;
            now = next;
        }
        return before;
    }

    private void submit(Wish wish) throws InterruptedException {
        String key = random.nextBoolean() ? UUID.randomUUID().toString() : null;
        boolean told = random.nextInt(3) > 0;
        String hooks = told ? ",\"callback\":\"" + hook + "\",\"error_callback\":\"" + hook + "\"" : "";
        String body = "{" + wish.members + hooks + (key == null ? "" : ",\"tags\":{\"key\":\"" + key + "\"}") + "}";
        boolean again = key != null && random.nextInt(10) == 0;
        UUID id = null;
        int repeats = -1;
        do {
            repeats++;
            UUID answered = send(wish.verb, body, key);
            if (answered != null) {
                if (id != null) {
                    assertThat(answered).as("the job of %s", key).isEqualTo(id);
                    again = false;
                }
                id = answered;
            }
        } while (key != null && (id == null || again));
        if (id != null) {
            promised.add(new PromisedJob(id, wish.state, wish.value, wish.delaySeconds, key, repeats, told));
        }
    }

    /** The id of the job; null if there was no answer, or the call was refused. */
    private @Nullable UUID send(String verb, String body, @Nullable String key) throws InterruptedException {
        URI service = target.await();
        HttpRequest.Builder request = HttpRequest.newBuilder(service.resolve("/v1/" + verb))
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body));
        if (key != null) {
            request.header("Idempotency-Key", key);
        }
        HttpResponse<String> response;
        try {
            response = client.send(request.build(), BodyHandlers.ofString());
        } catch (IOException dead) {
            LockSupport.parkNanos(LONGEST_PAUSE_NANOS);
            return null;
        }
        if (response.statusCode() == 503) {
            LockSupport.parkNanos(LONGEST_PAUSE_NANOS);
            return null;
        }
        assertThat(response.statusCode()).as(response.body()).isIn(key == null ? List.of(202) : List.of(200, 202));
        return UUID.fromString(JSON.readTree(response.body()).path("id").asString());
    }
}
