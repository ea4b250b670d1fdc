package dev.motorpool.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.motorpool.app.settings.InvalidConfigurationException;
import dev.motorpool.app.settings.MotorpoolSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class WebhookSecretsTest {

    private static final String SECRET = "whsec_" + "QUFB".repeat(11);

    @TempDir
    Path data;

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "http://user:hunter2@host",
                "http://hunter2@host",
                "https://host/hunter2",
                "https://host?token=hunter2",
                "hunter2",
                "http://hunter2:port",
                ""
            })
    void anOriginThatIsNoneIsNamedAndNotRepeated(@Nullable String origin) {
        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> new WebhookSecrets(data).signers(withReceiver(origin)))
                .withMessageContaining("motorpool.webhooks.receivers.shop.origin")
                .satisfies(refusal -> assertThat(refusal.getMessage() + refusal.action())
                        .doesNotContain("hunter2")
                        .contains("https://example.com"));
    }

    private static MotorpoolSettings.Webhooks withReceiver(@Nullable String origin) {
        MotorpoolSettings.Webhooks defaults = new Binder(new MapConfigurationPropertySource(Map.of()))
                .bindOrCreate("none", Bindable.of(MotorpoolSettings.Webhooks.class));
        return new MotorpoolSettings.Webhooks(
                defaults.secrets(),
                Map.of("shop", new MotorpoolSettings.Webhooks.ReceiverEntry(origin, List.of(SECRET))),
                defaults.allow(),
                defaults.connectTimeout(),
                defaults.answerTimeout(),
                defaults.answerLimit(),
                defaults.concurrency(),
                defaults.retain(),
                defaults.memory());
    }
}
