package dev.motorpool.job.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.motorpool.address.AddressGuard;
import dev.motorpool.address.WebTarget;
import dev.motorpool.function.builtin.Builtins;
import dev.motorpool.function.signature.UrlRule;
import dev.motorpool.job.Callbacks;
import dev.motorpool.job.JobSpec;
import dev.motorpool.job.ProblemType;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.EngineLimits;
import dev.motorpool.pool.PoolEvents;
import dev.motorpool.pool.Pools;
import dev.motorpool.pool.RefusedException;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.pool.settings.PoolSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the verbs are asked that do not wait. The pools are there, and cannot start workers: nothing runs. */
class AsyncReaderTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");

    private static final Pools POOLS = new Pools(
            Map.of("java", shape -> {
                throw new UncheckedIOException(new IOException("no workers here"));
            }),
            new PoolEvents() {},
            EngineLimits.DEFAULT);

    private final CallReader calls = new CallReader(
            Builtins.functions(true)::registry,
            POOLS,
            new DefaultPools("crunch", "io"),
            url -> new UrlRule.Objection("not from here", true));
    private final AsyncReader reader = new AsyncReader(
            calls,
            new ItemsReader(calls, url -> null, 1_000_000),
            AsyncReaderTest::objection,
            Clock.fixed(NOW, ZoneOffset.UTC));

    private static UrlRule.@Nullable Objection objection(String url) {
        String sentence = new AddressGuard(List.of(), "motorpool.webhooks.allow").objection(url);
        return sentence == null ? null : new UrlRule.Objection(sentence, WebTarget.isUrl(url));
    }

    @BeforeAll
    static void makePools() throws RefusedException {
        POOLS.put("crunch", settings(PoolKind.PROCESS, 2, Duration.ofSeconds(60)));
        POOLS.put("io", settings(PoolKind.THREAD, 4, null));
    }

    private static PoolSettings settings(PoolKind kind, int size, @Nullable Duration maxTimeout) {
        return new PoolSettings(kind, size, 10_000, null, maxTimeout, null, 1, null, null, null, "java");
    }

    @AfterAll
    static void closePools() {
        POOLS.close();
    }

    private AsyncCall apply(String members) throws CallRefusedException {
        return reader.apply(RawJson.of("{\"function\":\"echo\",\"args\":[1]" + members + "}"));
    }

    private AsyncCall map(String members) throws CallRefusedException {
        return reader.map(RawJson.of("{\"function\":\"fib\"," + members + "}"), "map_async");
    }

    private static void refused(String pointer, ProblemType type, ThrowingCall call) {
        CallRefusedException refused = catchThrowableOfType(CallRefusedException.class, call::run);
        assertThat(refused).as("a refusal that names %s", pointer).isNotNull();
        assertThat(refused.error().type()).isEqualTo(type);
        assertThat(refused.error().members().get("pointer")).isEqualTo(pointer);
    }

    private interface ThrowingCall {
        void run() throws CallRefusedException;
    }

    private void refused(String pointer, String members) {
        refused(pointer, ProblemType.MALFORMED_REQUEST, () -> apply(members));
    }

    @Test
    void tagsAreLimitedInNumberAndLength() throws CallRefusedException {
        assertThat(apply(tags(64, 253)).spec().tags()).hasSize(64);
        refused("/tags", tags(65, 1));
        refused("/tags", tags(64, 254));
        refused("/tags", tags(1, 17_000));
        refused("/tags", ",\"tags\":{\"a\":\"" + "\\u00e9".repeat(8_193) + "\"}");
        assertThat(apply(",\"tags\":{\"a\":\"" + "\\u00e9".repeat(8_191) + "\"}")
                        .spec()
                        .tags())
                .hasSize(1);
        refused("/tags", ",\"tags\":{\"a\":\"" + "x".repeat(1 << 20) + "\"}");
    }

    /** Tags with names of three characters. */
    private static String tags(int count, int length) {
        return IntStream.range(0, count)
                .mapToObj(i -> "\"%03d\":\"%s\"".formatted(i, "x".repeat(length)))
                .collect(Collectors.joining(",", ",\"tags\":{", "}"));
    }

    @Test
    void whatIsLeftOutHasItsDefault() throws CallRefusedException {
        AsyncCall call = apply("");
        assertThat(call.spec().verb()).isEqualTo("apply_async");
        assertThat(call.spec().function()).isEqualTo("echo");
        assertThat(call.pool().name()).isEqualTo("io");
        assertThat(call.args()).isEqualTo(RawJson.of("[1]"));
        assertThat(call.kwargs()).isEqualTo(RawJson.EMPTY_OBJECT);
        assertThat(call.spec().timeout()).isNull();
        assertThat(call.spec().expires()).isNull();
        assertThat(call.spec().priority()).isZero();
        assertThat(call.spec().tags()).isEmpty();
        assertThat(call.spec().retries()).isZero();
        assertThat(call.spec().retryDelay()).isEqualTo(Duration.ofSeconds(1));
        assertThat(call.startAt()).isNull();
        assertThat(call.spec().retain()).isEqualTo(Duration.ofDays(1));
        assertThat(call.spec().map()).isNull();
    }

    @Test
    void nullIsTheSameAsAbsent() throws CallRefusedException {
        assertThat(apply(",\"kwargs\":null,\"pool\":null,\"timeout\":null,\"expires\":null,\"priority\":null,"
                        + "\"tags\":null,\"callback\":null,\"error_callback\":null,\"retries\":null,"
                        + "\"retry_delay\":null,\"delay\":null,\"start_at\":null,\"retain\":null"))
                .isEqualTo(apply(""));
    }

    @Test
    void allMembersAreRead() throws CallRefusedException {
        AsyncCall call = apply(",\"pool\":\"crunch\",\"timeout\":2.5,\"expires\":7,\"priority\":-100,"
                + "\"tags\":{\"a\":\"b\"},\"retries\":100,\"retry_delay\":0,\"delay\":1.5,\"retain\":0");
        assertThat(call.pool().name()).isEqualTo("crunch");
        assertThat(call.spec().timeout()).isEqualTo(Duration.ofMillis(2500));
        assertThat(call.spec().expires()).isEqualTo(Duration.ofSeconds(7));
        assertThat(call.spec().priority()).isEqualTo(-100);
        assertThat(call.spec().tags()).containsExactly(Map.entry("a", "b"));
        assertThat(call.spec().retries()).isEqualTo(100);
        assertThat(call.spec().retryDelay()).isZero();
        assertThat(call.delay()).isEqualTo(Duration.ofMillis(1500));
        assertThat(call.startAt()).isNull();
        assertThat(call.spec().retain()).isZero();
    }

    @Test
    void numbersCountHoweverTheyAreWritten() throws CallRefusedException {
        AsyncCall call = apply(",\"retries\":3.0e0,\"retry_delay\":0.5e1,\"delay\":0.0,\"retain\":3.1536e8");
        assertThat(call.spec().retries()).isEqualTo(3);
        assertThat(call.spec().retryDelay()).isEqualTo(Duration.ofSeconds(5));
        assertThat(call.delay()).isNull();
        assertThat(call.spec().retain()).isEqualTo(Duration.ofDays(3650));
    }

    @ParameterizedTest
    @CsvSource({
        "retries,-1",
        "retries,101",
        "retries,1.5",
        "retries,'\"1\"'",
        "retries,1e99",
        "retry_delay,-0.001",
        "retry_delay,'\"1\"'",
        "retry_delay,true",
        "delay,-1",
        "delay,[]",
        "retain,-1",
        "retain,{}",
        "retry_delay,315360000.001",
        "delay,315360001",
        "delay,9223372036",
        "delay,1e999",
        "retain,315360001",
        "timeout,315360000.000000001",
        "expires,1e10",
        "priority,101",
        "timeout,0",
        "expires,0",
        "tags,[]",
        "kwargs,[]",
        "pool,1"
    })
    void whatIsOutOfRangeOrOfAnotherTypeIsRefusedByName(String member, String value) {
        refused("/" + member, ",\"" + member + "\":" + value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"items", "on_error", "chunksize", "window", "retry", "nonsense"})
    void otherMembersAreRefused(String member) {
        refused("/" + member, ",\"" + member + "\":1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"callback", "error_callback"})
    void webhooksGoWhereTheyMay(String member) throws CallRefusedException {
        String fine = "\"https://example.com/hook?a=b\"";
        Callbacks callbacks = apply(",\"" + member + "\":" + fine).spec().callbacks();
        assertThat(member.equals("callback") ? callbacks.callback() : callbacks.errorCallback())
                .isEqualTo("https://example.com/hook?a=b");
        assertThat(member.equals("callback") ? callbacks.errorCallback() : callbacks.callback())
                .isNull();
        refused("/" + member, ProblemType.FORBIDDEN_ADDRESS, () -> apply(",\"" + member + "\":\"http://10.0.0.1/\""));
        refused(
                "/" + member,
                ProblemType.FORBIDDEN_ADDRESS,
                () -> map("\"items\":[1],\"" + member + "\":\"http://[::ffff:10.0.0.1]/\""));
        refused("/" + member, ProblemType.MALFORMED_REQUEST, () -> map("\"items\":[1],\"" + member + "\":1"));
    }

    @Test
    void aUrlThatIsTooLongIsToldTheLimit() {
        String url = "https://example.com/" + "x".repeat(9_000);
        assertThatThrownBy(() -> apply(",\"callback\":\"" + url + "\""))
                .isInstanceOfSatisfying(CallRefusedException.class, refused -> {
                    assertThat(refused.error().type()).isEqualTo(ProblemType.MALFORMED_REQUEST);
                    assertThat(refused.error().members()).containsEntry("pointer", "/callback");
                    assertThat(refused.error().message()).contains("8192").doesNotContain("host");
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "done", "example.com/done", "/done", "http:", "http://", "https:///done", "http://?x", "http"
            })
    void whatIsNoUrlIsNoAddress(String text) {
        refused("/callback", ",\"callback\":\"" + text + "\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://example.com/",
                "file:///etc/passwd",
                "javascript:alert(1)",
                "http://a@example.com/",
                "http://example.com:0/",
                "http://2130706433/",
                "HTTP://10.1/",
                "http://127.0.0.1 /"
            })
    void whatPointsWhereItMustNotIsRefused(String url) {
        refused("/error_callback", ProblemType.FORBIDDEN_ADDRESS, () -> apply(",\"error_callback\":\"" + url + "\""));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-02T03:04:05Z,2026-01-02T03:04:05Z",
        "2026-01-02t03:04:05.1z,2026-01-02T03:04:05.100Z",
        "2026-01-02T03:04:05.123456789123Z,2026-01-02T03:04:05.123456789Z",
        "2026-01-02T03:04:05+01:30,2026-01-02T01:34:05Z",
        "2026-01-02T03:04:05-23:59,2026-01-03T03:03:05Z",
        "2024-02-29T00:00:00Z,2024-02-29T00:00:00Z",
        "2016-12-31T23:59:60Z,2017-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999Z,9999-12-31T23:59:59.999Z",
        "9999-12-31T23:59:60+00:01,9999-12-31T23:59:00Z"
    })
    void aStartIsATimeOfRfc3339(String text, Instant expected) throws CallRefusedException {
        assertThat(apply(",\"start_at\":\"" + text + "\"").startAt()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "now",
                "2026-01-02",
                "2026-01-02T03:04Z",
                "2026-01-02T03:04:05",
                "2026-01-02 03:04:05Z",
                "2026-01-02T03:04:05.Z",
                "2026-01-02T03:04:05+0130",
                "2026-01-02T03:04:05+24:00",
                "2026-01-02T24:00:00Z",
                "2026-01-02T03:60:00Z",
                "2026-01-02T03:04:61Z",
                "2025-02-29T00:00:00Z",
                "2026-13-01T00:00:00Z",
                "9999-12-31T23:59:60Z",
                "9999-12-31T23:00:00-01:00",
                "+2026-01-02T03:04:05Z"
            })
    void otherTimesAreRefused(String text) {
        refused("/start_at", ",\"start_at\":\"" + text + "\"");
    }

    @Test
    void aStartIsGivenInOneWayOnly() {
        refused("/start_at", ",\"delay\":1,\"start_at\":\"2026-01-02T03:04:05Z\"");
        refused("/start_at", ",\"start_at\":1767323045");
    }

    @Test
    void whatStartsWhenItHasExpiredIsRefused() throws CallRefusedException {
        refused("/delay", ",\"delay\":2.001,\"expires\":2");
        refused("/start_at", ",\"start_at\":\"" + NOW.plusMillis(2001) + "\",\"expires\":2");
        refused("/delay", ProblemType.MALFORMED_REQUEST, () -> map("\"items\":[1],\"delay\":3,\"expires\":2"));
        refused("/delay", ",\"delay\":2,\"expires\":2");
        refused("/start_at", ",\"start_at\":\"" + NOW.plusSeconds(2) + "\",\"expires\":2");
        assertThat(apply(",\"delay\":1.999,\"expires\":2").delay()).isEqualTo(Duration.ofMillis(1999));
        assertThat(apply(",\"start_at\":\"" + NOW.plusMillis(1999) + "\",\"expires\":2")
                        .startAt())
                .isEqualTo(NOW.plusMillis(1999));
    }

    @Test
    void theCallIsCheckedAsThatOfApply() {
        refused(
                "/args/0",
                ProblemType.INVALID_ARGUMENTS,
                () -> reader.apply(RawJson.of("{\"function\":\"fib\",\"args\":[-1]}")));
        refused(
                "/args/0",
                ProblemType.FORBIDDEN_ADDRESS,
                () -> reader.apply(RawJson.of("{\"function\":\"fetch\",\"args\":[\"http://10.0.0.1/\"]}")));
        refused(
                "/timeout",
                ProblemType.MALFORMED_REQUEST,
                () -> reader.apply(RawJson.of("{\"function\":\"fib\",\"args\":[1],\"timeout\":61}")));
        refused("/function", ProblemType.MALFORMED_REQUEST, () -> reader.apply(RawJson.of("{}")));
        assertThatThrownBy(() -> reader.apply(RawJson.of("{\"function\":\"ecko\"}")))
                .hasMessageContaining("did you mean 'echo'?");
        assertThatThrownBy(() -> apply(",\"pool\":\"crunsh\"")).hasMessageContaining("did you mean 'crunch'?");
    }

    @Test
    void aMapHasItsItemsAndTheirNumber() throws CallRefusedException {
        AsyncCall call = map("\"items\":[1,2,3],\"on_error\":\"collect\",\"chunksize\":2,\"retries\":1");
        assertThat(call.spec().verb()).isEqualTo("map_async");
        assertThat(call.args()).isEqualTo(RawJson.of("[1,2,3]"));
        assertThat(call.kwargs()).isEqualTo(RawJson.EMPTY_OBJECT);
        assertThat(call.spec().map()).isEqualTo(new JobSpec.MapShape(3, 2, true));
        assertThat(call.spec().retries()).isEqualTo(1);
        assertThat(map("\"items\":[],\"on_error\":\"fail\"").spec().map()).isEqualTo(new JobSpec.MapShape(0, 1, false));
        AsyncCall star = reader.map(RawJson.of("{\"function\":\"fib\",\"items\":[[1]]}"), "starmap_async");
        assertThat(star.spec().verb()).isEqualTo("starmap_async");
    }

    @ParameterizedTest
    @CsvSource({"1,1", "8,1", "9,2", "16,2", "100,13"})
    void aChunkIsAFourthOfTheItemsDividedByTheSize(int items, int chunksize) throws CallRefusedException {
        String numbers = IntStream.range(0, items).mapToObj(i -> "1").collect(Collectors.joining(",", "[", "]"));
        assertThat(map("\"items\":" + numbers).spec().map()).isEqualTo(new JobSpec.MapShape(items, chunksize, false));
    }

    @Test
    void faultsOfMapsAreToldWithTheirPlace() {
        refused("/items", ProblemType.MALFORMED_REQUEST, () -> map("\"retries\":1"));
        refused("/items", ProblemType.MALFORMED_REQUEST, () -> map("\"items\":{}"));
        refused("/items/1", ProblemType.INVALID_ARGUMENTS, () -> map("\"items\":[1,93]"));
        refused("/args", ProblemType.MALFORMED_REQUEST, () -> map("\"items\":[1],\"args\":[]"));
        refused("/on_error", ProblemType.MALFORMED_REQUEST, () -> map("\"items\":[1],\"on_error\":\"go on\""));
        refused("/chunksize", ProblemType.MALFORMED_REQUEST, () -> map("\"items\":[1],\"chunksize\":0"));
        refused("/retries", ProblemType.MALFORMED_REQUEST, () -> map("\"items\":[1],\"retries\":-1"));
    }

    @Test
    void aMapHasAMillionItemsAtMost() throws CallRefusedException {
        String million = "1,".repeat(999_999) + "1";
        assertThat(map("\"items\":[" + million + "]").spec().map())
                .isEqualTo(new JobSpec.MapShape(1_000_000, 125_000, false));
        refused("/items", ProblemType.MALFORMED_REQUEST, () -> map("\"items\":[" + million + ",1]"));
    }
}
