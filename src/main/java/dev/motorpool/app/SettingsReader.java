package dev.motorpool.app;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Reads {@code motorpool.*} out of the environment. A key that means nothing stops the start, so a typo is not taken
 * for silence; in environment variables alone it is let pass, because orchestrators put some there for every service
 * ({@code MOTORPOOL_SERVICE_HOST}).
 */
final class SettingsReader {

    private static final String ROOT = "motorpool";

    private SettingsReader() {}

    static MotorpoolSettings read(Environment environment) {
        NoUnboundElementsBindHandler handler =
                new NoUnboundElementsBindHandler(BindHandler.DEFAULT, SettingsReader::mustBeKnown);
        try {
            return Binder.get(environment).bindOrCreate(ROOT, Bindable.of(MotorpoolSettings.class), handler);
        } catch (BindException e) {
            throw explained(e);
        }
    }

    private static boolean mustBeKnown(ConfigurationPropertySource source) {
        return !(source.getUnderlyingSource() instanceof PropertySource<?> properties)
                || !(properties instanceof SystemEnvironmentPropertySource
                        || properties.getName().equals(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME));
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
        String key = property == null
                ? failure.getName().toString()
                : property.getName().toString();
        String value = property == null ? "" : " is \"" + property.getValue() + "\" (" + place(property) + ")";
        return new InvalidConfigurationException(
                key + value + ", which cannot be used: " + cause.getMessage() + ".",
                "Give " + key + " a value of its type, or leave it out.");
    }

    private static String place(ConfigurationProperty property) {
        return property.getOrigin() == null ? "of unknown origin" : "from " + property.getOrigin();
    }
}
