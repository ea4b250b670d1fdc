package dev.motorpool.app.settings;

import dev.motorpool.app.settings.SettingNames.Setting;
import dev.motorpool.function.signature.NearestName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Checks the environment variables whose names begin like the settings. Each must be a setting, except those that
 * Kubernetes sets in every container for the services of its namespace: a service may be called {@code motorpool}, or
 * have a name with this prefix.
 */
final class Variables {

    private static final Pattern OURS = Pattern.compile("motorpool(?:[._].*)?", Pattern.CASE_INSENSITIVE);

    /** The names that Kubernetes creates, except {@link #LINK}. */
    private static final Pattern ABOUT_A_SERVICE = Pattern.compile("MOTORPOOL(?:_[A-Z0-9_]+)?_(?:SERVICE_HOST"
            + "|SERVICE_PORT(?:_[A-Z0-9_]+)?|PORT_[0-9]+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)");

    /** A name that may be meant as the service's own port. Kubernetes' variable is recognized by its value, a URL. */
    private static final Pattern LINK = Pattern.compile("MOTORPOOL(?:_[A-Z0-9_]+)?_PORT");

    private static final Pattern LINK_VALUE = Pattern.compile("(?:tcp|udp|sctp)://.*");

    private Variables() {}

    /** Whether the source holds the variables of the process. */
    static boolean isSource(@Nullable Object source) {
        return source instanceof PropertySource<?> properties
                && (properties instanceof SystemEnvironmentPropertySource
                        || properties.getName().equals(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME));
    }

    /**
     * The variables that Kubernetes has set.
     *
     * @throws InvalidConfigurationException naming the first other variable that is no setting
     */
    static List<String> ofServices(ConfigurableEnvironment environment) {
        List<String> ofServices = new ArrayList<>();
        Map<Pattern, Setting> known = Map.of();
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (!isSource(source) || !(source instanceof EnumerablePropertySource<?> variables)) {
                continue;
            }
            for (String name : new TreeSet<>(List.of(variables.getPropertyNames()))) {
                if (!OURS.matcher(name).matches()) {
                    continue;
                }
                if (isOfService(name, String.valueOf(variables.getProperty(name)))) {
                    ofServices.add(name);
                    continue;
                }
                known = known.isEmpty() ? known() : known;
                String variable = asVariable(name);
                if (known.keySet().stream()
                        .noneMatch(each -> each.matcher(variable).matches())) {
                    throw unknown(name, variable);
                }
            }
        }
        return ofServices;
    }

    private static boolean isOfService(String name, String value) {
        return ABOUT_A_SERVICE.matcher(name).matches()
                || (LINK.matcher(name).matches() && LINK_VALUE.matcher(value).matches());
    }

    /** Variables may also be written as settings are in files. */
    private static String asVariable(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        return upper.indexOf('.') < 0
                ? upper
                : upper.replace("-", "").replace('.', '_').replace('[', '_').replace("]", "");
    }

    /** The settings by the patterns of their variables: hyphens are omitted or replaced by underscores. */
    private static Map<Pattern, Setting> known() {
        Map<Pattern, Setting> known = new LinkedHashMap<>();
        for (Setting setting : SettingNames.all()) {
            String index = setting.list() ? "(?:_[0-9]+)?" : "";
            String form = form(setting.key(), "[A-Z0-9]+", "");
            String other = form(setting.key(), "[A-Z0-9]+", "_");
            known.put(Pattern.compile("(?:" + form + "|" + other + ")" + index), setting);
        }
        return known;
    }

    private static String form(String key, String chosen, String hyphen) {
        return key.toUpperCase(Locale.ROOT)
                .replace("-", hyphen)
                .replace('.', '_')
                .replace(SettingNames.CHOSEN.toUpperCase(Locale.ROOT), chosen);
    }

    private static InvalidConfigurationException unknown(String name, String variable) {
        Map<String, String> keys = new LinkedHashMap<>();
        boolean chosen = false;
        for (Setting setting : SettingNames.all()) {
            String key = setting.key();
            int place = key.indexOf(SettingNames.CHOSEN);
            String named = null;
            if (place >= 0) {
                named = chosen(variable, form(key.substring(0, place), "", ""));
                chosen |= named != null;
            }
            keys.put(form(key, named == null ? "NAME" : named, ""), key);
        }
        String nearest = NearestName.among(keys.keySet(), variable);
        return new InvalidConfigurationException(
                "The environment variable " + name + " is no setting of Motorpool"
                        + (nearest == null ? "." : "; did you mean " + nearest + " (" + keys.get(nearest) + ")?"),
                "Mend its name, or take it out. docs/configuration.md lists the settings; in their variables dots are"
                        + " underscores and hyphens are left out. Variables for other programs need another beginning."
                        + (chosen
                                ? " The name of a pool, a runtime, a key or a receiver is of letters and digits there:"
                                        + " one with a hyphen can be set in a file."
                                : ""));
    }

    /** The operator's name in a variable with this prefix; null if the prefix differs. */
    private static @Nullable String chosen(String variable, String beginning) {
        if (!variable.startsWith(beginning)) {
            return null;
        }
        String name = variable.substring(beginning.length()).split("_", 2)[0];
        return name.isEmpty() ? null : name;
    }
}
