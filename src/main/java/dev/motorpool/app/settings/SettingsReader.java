package dev.motorpool.app.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Binds {@code motorpool.*} from the environment. An unknown key stops the start, so a typo is never ignored. Messages
 * never repeat a value that may be a secret.
 */
public final class SettingsReader {

    static final String ROOT = "motorpool";

    /** Keys of secrets, and keys that may hold one by mistake. */
    private static final Pattern SECRET = Pattern.compile("motorpool\\.(security|webhooks\\.(secrets|receivers))\\b.*");

    private static final String RIGHTS = "rights";

    private SettingsReader() {}

    public static MotorpoolSettings read(ConfigurableEnvironment environment) {
        Set<ConfigurationPropertyName> others = Variables.ofServices(environment).stream()
                .map(name -> ConfigurationPropertyName.adapt(name, '_'))
                .collect(Collectors.toUnmodifiableSet());
        List<ConfigurationPropertySource> sources = new ArrayList<>();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            boolean variables = Variables.isSource(source.getUnderlyingSource());
            sources.add(variables && !others.isEmpty() ? source.filter(name -> !others.contains(name)) : source);
        }
        NoUnboundElementsBindHandler handler = new NoUnboundElementsBindHandler(
                BindHandler.DEFAULT, source -> !Variables.isSource(source.getUnderlyingSource()));
        try {
            return new Binder(sources, new PropertySourcesPlaceholdersResolver(environment))
                    .bindOrCreate(ROOT, Bindable.of(MotorpoolSettings.class), handler);
        } catch (BindException e) {
            throw explained(e);
        }
    }

    private static InvalidConfigurationException explained(BindException failure) {
        if (failure.getCause() instanceof UnboundConfigurationPropertiesException unknown) {
            ConfigurationProperty first =
                    unknown.getUnboundProperties().iterator().next();
            return new InvalidConfigurationException(
                    first.getName() + " (" + place(first) + ") is no setting of Motorpool.",
                    "Mend its name, or take it out. docs/configuration.md lists the settings.");
        }
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof InvalidConfigurationException said) {
            return said;
        }
        ConfigurationProperty property = failure.getProperty();
        ConfigurationPropertyName name = property == null ? failure.getName() : property.getName();
        if (mayBeSecret(name)) {
            return new InvalidConfigurationException(
                    name + (property == null ? "" : " (" + place(property) + ")") + " cannot be used as it is.",
                    "docs/configuration.md lists what is below " + name.chop(2) + ".");
        }
        String value = property == null ? "" : " is \"" + property.getValue() + "\" (" + place(property) + ")";
        return new InvalidConfigurationException(
                name + value + ", which cannot be used: " + cause.getMessage() + ".",
                "Give " + name + " a value of its type, or leave it out.");
    }

    private static boolean mayBeSecret(ConfigurationPropertyName name) {
        return SECRET.matcher(name.toString()).matches()
                && !name.getLastElement(ConfigurationPropertyName.Form.UNIFORM).equals(RIGHTS);
    }

    private static String place(ConfigurationProperty property) {
        return property.getOrigin() == null ? "of unknown origin" : "from " + property.getOrigin();
    }
}
