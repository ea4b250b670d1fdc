package dev.motorpool.app.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.motorpool.http.problem.Right;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.pool.settings.Sandbox;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.util.unit.DataSize;

class SettingsReaderTest {

    /** Each of the settings once. */
    static final Map<String, Object> EVERY = Map.ofEntries(
            Map.entry("motorpool.data-dir", "/var/lib/motorpool"),
            Map.entry("motorpool.pools.crunch.kind", "process"),
            Map.entry("motorpool.pools.crunch.size", "3"),
            Map.entry("motorpool.pools.crunch.queue-capacity", "7"),
            Map.entry("motorpool.pools.crunch.default-timeout", "1.5"),
            Map.entry("motorpool.pools.crunch.max-timeout", "60"),
            Map.entry("motorpool.pools.crunch.max-tasks-per-child", "9"),
            Map.entry("motorpool.pools.crunch.threads-per-worker", "2"),
            Map.entry("motorpool.pools.crunch.memory-limit", "64MB"),
            Map.entry("motorpool.pools.crunch.initializer.function", "echo"),
            Map.entry("motorpool.pools.crunch.initializer.args", "[1]"),
            Map.entry("motorpool.pools.crunch.initializer.kwargs", "{\"a\":1}"),
            Map.entry("motorpool.pools.crunch.idle-timeout", "45"),
            Map.entry("motorpool.pools.crunch.runtime", "python"),
            Map.entry("motorpool.pools.crunch.sandbox", "bubblewrap"),
            Map.entry("motorpool.pools.crunch.network", "false"),
            Map.entry("motorpool.default-pool.cpu", "crunch"),
            Map.entry("motorpool.default-pool.io", "coroutines"),
            Map.entry("motorpool.runtimes.python.command", "python3,-u,worker.py"),
            Map.entry("motorpool.runtimes.python.interpreter", "python3.12"),
            Map.entry("motorpool.runtimes.python.launcher", "nice,-n,5"),
            Map.entry("motorpool.runtimes.python.start-method", "spawn"),
            Map.entry("motorpool.functions.directory", "/srv/functions"),
            Map.entry("motorpool.functions.reload", "manual"),
            Map.entry("motorpool.demo-functions", "true"),
            Map.entry("motorpool.http.allowed-hosts", "pool.example.org,other"),
            Map.entry("motorpool.http.body-limit", "1MB"),
            Map.entry("motorpool.http.items", "500"),
            Map.entry("motorpool.http.body-budget", "2MB"),
            Map.entry("motorpool.http.body-timeout", "5"),
            Map.entry("motorpool.http.answer-budget", "20MB"),
            Map.entry("motorpool.http.answer-timeout", "7"),
            Map.entry("motorpool.http.stream-budget", "65MB"),
            Map.entry("motorpool.http.stream-idle", "8"),
            Map.entry("motorpool.http.requests-per-caller", "77"),
            Map.entry("motorpool.security.keys.ci.sha256", "ab,cd"),
            Map.entry("motorpool.security.keys.ci.rights", "submit,read"),
            Map.entry("motorpool.security.keys.ci.tenant", "shop"),
            Map.entry("motorpool.tenants.shop.requests", "21"),
            Map.entry("motorpool.tenants.shop.streams", "22"),
            Map.entry("motorpool.tenants.shop.waits", "23"),
            Map.entry("motorpool.tenants.shop.jobs", "24"),
            Map.entry("motorpool.tenants.shop.bytes", "25MB"),
            Map.entry("motorpool.tenants.shop.running", "26"),
            Map.entry("motorpool.jobs.backlog", "4000"),
            Map.entry("motorpool.jobs.store-timeout", "3"),
            Map.entry("motorpool.jobs.memory", "96MB"),
            Map.entry("motorpool.jobs.disk-reserve", "12MB"),
            Map.entry("motorpool.shutdown.refuse", "0"),
            Map.entry("motorpool.shutdown.grace", "0.25"),
            Map.entry("motorpool.worker.max-heap", "128MB"),
            Map.entry("motorpool.worker.start-timeout", "11"),
            Map.entry("motorpool.worker.silence", "12"),
            Map.entry("motorpool.worker.java-home", "/opt/jdk"),
            Map.entry("motorpool.worker.prepared", "/opt/worker"),
            Map.entry("motorpool.fetch.allow", "10.0.0.0/8,fd00::/8"),
            Map.entry("motorpool.fetch.limit", "100KB"),
            Map.entry("motorpool.fetch.timeout", "2"),
            Map.entry("motorpool.webhooks.secrets", "whsec_one,whsec_two"),
            Map.entry("motorpool.webhooks.receivers.shop.origin", "https://shop.example.com"),
            Map.entry("motorpool.webhooks.receivers.shop.secrets", "whsec_three"),
            Map.entry("motorpool.webhooks.allow", "10.0.0.0/8"),
            Map.entry("motorpool.webhooks.connect-timeout", "1"),
            Map.entry("motorpool.webhooks.answer-timeout", "2"),
            Map.entry("motorpool.webhooks.answer-limit", "3KB"),
            Map.entry("motorpool.webhooks.concurrency", "4"),
            Map.entry("motorpool.webhooks.retain", "5"),
            Map.entry("motorpool.webhooks.memory", "6MB"));

    static final MotorpoolSettings EVERY_READ = new MotorpoolSettings(
            "/var/lib/motorpool",
            Map.of(
                    "crunch",
                    new MotorpoolSettings.PoolEntry(
                            PoolKind.PROCESS,
                            3,
                            7,
                            seconds(1_500),
                            seconds(60_000),
                            9,
                            2,
                            DataSize.ofMegabytes(64),
                            new MotorpoolSettings.InitializerEntry("echo", "[1]", "{\"a\":1}"),
                            seconds(45_000),
                            "python",
                            Sandbox.BUBBLEWRAP,
                            false)),
            new MotorpoolSettings.DefaultPool("crunch", "coroutines"),
            Map.of(
                    "python",
                    new MotorpoolSettings.Runtime(
                            List.of("python3", "-u", "worker.py"),
                            "python3.12",
                            List.of("nice", "-n", "5"),
                            MotorpoolSettings.Runtime.StartMethod.SPAWN)),
            new MotorpoolSettings.Functions("/srv/functions", MotorpoolSettings.Functions.Reload.MANUAL),
            true,
            new MotorpoolSettings.Security(Map.of(
                    "ci",
                    new MotorpoolSettings.KeyEntry(List.of("ab", "cd"), List.of(Right.SUBMIT, Right.READ), "shop"))),
            Map.of("shop", new MotorpoolSettings.TenantEntry(21, 22, 23, 24, DataSize.ofMegabytes(25), 26)),
            new MotorpoolSettings.Jobs(4_000, seconds(3_000), DataSize.ofMegabytes(96), DataSize.ofMegabytes(12)),
            new HttpSection(
                    List.of("pool.example.org", "other"),
                    DataSize.ofMegabytes(1),
                    500,
                    DataSize.ofMegabytes(2),
                    seconds(5_000),
                    DataSize.ofMegabytes(20),
                    seconds(7_000),
                    DataSize.ofMegabytes(65),
                    seconds(8_000),
                    77),
            new MotorpoolSettings.Shutdown(seconds(0), seconds(250)),
            new MotorpoolSettings.Worker(
                    DataSize.ofMegabytes(128), seconds(11_000), seconds(12_000), "/opt/jdk", "/opt/worker"),
            new MotorpoolSettings.Fetch(List.of("10.0.0.0/8", "fd00::/8"), DataSize.ofKilobytes(100), seconds(2_000)),
            new MotorpoolSettings.Webhooks(
                    List.of("whsec_one", "whsec_two"),
                    Map.of(
                            "shop",
                            new MotorpoolSettings.Webhooks.ReceiverEntry(
                                    "https://shop.example.com", List.of("whsec_three"))),
                    List.of("10.0.0.0/8"),
                    seconds(1_000),
                    seconds(2_000),
                    DataSize.ofKilobytes(3),
                    4,
                    seconds(5_000),
                    DataSize.ofMegabytes(6)));

    @Test
    void defaults() {
        MotorpoolSettings settings = read(Map.of());

        assertThat(settings.dataDir()).isEqualTo("./data");
        assertThat(settings.pools()).isEmpty();
        assertThat(settings.defaultPool()).isEqualTo(new MotorpoolSettings.DefaultPool("processes", "threads"));
        assertThat(settings.runtimes()).isEmpty();
        assertThat(settings.demoFunctions()).isFalse();
        assertThat(settings.http())
                .isEqualTo(new HttpSection(
                        List.of(),
                        DataSize.ofMegabytes(16),
                        null,
                        null,
                        seconds(30_000),
                        null,
                        seconds(60_000),
                        null,
                        seconds(600_000),
                        null));
        assertThat(settings.shutdown()).isEqualTo(new MotorpoolSettings.Shutdown(seconds(500), seconds(30_000)));
        assertThat(settings.worker())
                .isEqualTo(new MotorpoolSettings.Worker(null, seconds(20_000), seconds(30_000), null, null));
        assertThat(settings.fetch())
                .isEqualTo(new MotorpoolSettings.Fetch(List.of(), DataSize.ofMegabytes(16), seconds(30_000)));
        assertThat(settings.webhooks())
                .isEqualTo(new MotorpoolSettings.Webhooks(
                        List.of(),
                        Map.of(),
                        List.of(),
                        seconds(5_000),
                        seconds(15_000),
                        DataSize.ofKilobytes(64),
                        16,
                        seconds(86_400_000),
                        null));
    }

    @Test
    void everyProperty() {
        assertThat(read(EVERY)).isEqualTo(EVERY_READ);
    }

    @Test
    void everyPropertyIsThere() {
        assertThat(EVERY.keySet().stream().map(key -> key.replaceAll("\\.(crunch|python|ci|shop)\\.", ".<name>.")))
                .containsExactlyInAnyOrderElementsOf(SettingNames.all().stream()
                        .map(SettingNames.Setting::key)
                        .toList());
    }

    @ParameterizedTest
    @CsvSource({
        "motorpool.pools.crunch.sise, 3, motorpool.pools.crunch.sise",
        "motorpool.data-dri, /tmp, motorpool.data-dri",
        "motorpool.http.limits.body, 1, motorpool.http.limits.body",
        "motorpool.pools.crunch.size, many, motorpool.pools.crunch.size",
        "motorpool.pools.crunch.kind, fiber, motorpool.pools.crunch.kind",
        "motorpool.shutdown.grace, soon, motorpool.shutdown.grace",
        "motorpool.shutdown.grace, -1, motorpool.shutdown.grace",
        "motorpool.http.body-limit, 1GB, motorpool.http.body-limit",
        "motorpool.http.body-budget, 1MB, motorpool.http.body-budget",
        "motorpool.http.items, 0, motorpool.http.items",
        "motorpool.http.body-timeout, 0, motorpool.http.body-timeout",
        "motorpool.http.answer-budget, 16MB, motorpool.http.answer-budget",
        "motorpool.http.answer-timeout, 0, motorpool.http.answer-timeout",
        "motorpool.http.stream-budget, 63MB, motorpool.http.stream-budget",
        "motorpool.http.stream-idle, 0, motorpool.http.stream-idle",
        "motorpool.http.requests-per-caller, 0, motorpool.http.requests-per-caller",
        "motorpool.security.keys.ci.rights, all, motorpool.security.keys.ci.rights",
        "motorpool.security.keys.ci.secret, x, motorpool.security.keys.ci.secret",
        "motorpool.worker.start-timeout, 0, motorpool.worker.start-timeout",
        "motorpool.worker.silence, 0, motorpool.worker.silence",
        "motorpool.fetch.timeout, 0, motorpool.fetch.timeout",
        "motorpool.webhooks.connect-timeout, 0, motorpool.webhooks.connect-timeout",
        "motorpool.webhooks.answer-timeout, 0, motorpool.webhooks.answer-timeout",
        "motorpool.webhooks.concurrency, 0, motorpool.webhooks.concurrency",
        "motorpool.webhooks.answer-limit, 1GB, motorpool.webhooks.answer-limit",
        "motorpool.webhooks.memory, 1KB, motorpool.webhooks.memory",
    })
    void whatCannotBeUsedIsNamed(String key, String value, String named) {
        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> read(Map.of(key, value)))
                .withMessageContaining(named)
                .satisfies(refusal -> assertThat(refusal.action()).isNotBlank());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "motorpool.security.keys.ci",
                "motorpool.security.keys",
                "motorpool.webhooks.receivers.shop",
                "motorpool.webhooks.receivers"
            })
    void whatMayBeASecretIsNotRepeated(String key) {
        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> read(Map.of(key, "hunter2")))
                .withMessageContaining(key)
                .satisfies(refusal ->
                        assertThat(refusal.getMessage() + refusal.action()).doesNotContain("hunter2"));
    }

    static MotorpoolSettings read(Map<String, Object> properties) {
        ConfigurableEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
        return SettingsReader.read(environment);
    }

    private static DurationSetting seconds(long millis) {
        return new DurationSetting(Duration.ofMillis(millis));
    }
}
