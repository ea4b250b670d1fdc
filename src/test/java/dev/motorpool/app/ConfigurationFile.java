package dev.motorpool.app;

import dev.motorpool.app.settings.MotorpoolSettings;
import dev.motorpool.app.settings.PoolEntries;
import dev.motorpool.app.settings.SettingsReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;

/** Configuration files that other tools generate for the service. */
public final class ConfigurationFile {

    private ConfigurationFile() {}

    /**
     * Binds {@code motorpool.*} from the file as the service does; returns the names of the pools.
     *
     * @param environment the variables of the service
     * @throws RuntimeException if the service would not start with it
     */
    public static List<String> pools(String yaml, Map<String, String> environment) throws IOException {
        return List.copyOf(
                PoolEntries.patches(read(yaml, environment), Map.of()).keySet());
    }

    /** As {@link #pools}; returns the names of the API keys. */
    public static List<String> keys(String yaml) throws IOException {
        return List.copyOf(read(yaml, Map.of()).security().keys().keySet());
    }

    /** As {@link #pools}; returns the names of the webhook receivers with secrets of their own. */
    public static List<String> receivers(String yaml) throws IOException {
        return List.copyOf(read(yaml, Map.of()).webhooks().receivers().keySet());
    }

    private static MotorpoolSettings read(String yaml, Map<String, String> environment) throws IOException {
        StandardEnvironment all = new StandardEnvironment();
        MutablePropertySources sources = all.getPropertySources();
        sources.addFirst(new MapPropertySource("variables", Map.copyOf(environment)));
        for (PropertySource<?> source : new YamlPropertySourceLoader()
                .load("application.yaml", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))) {
            sources.addLast(source);
        }
        return SettingsReader.read(all);
    }
}
