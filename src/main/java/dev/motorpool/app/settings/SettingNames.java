package dev.motorpool.app.settings;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** The names of all settings, derived from the settings classes. */
final class SettingNames {

    /** Placeholder for a name that the operator chooses: of a pool, a key, a receiver. */
    static final String CHOSEN = "<name>";

    private static final Pattern CAPITAL = Pattern.compile("([A-Z])");

    private SettingNames() {}

    /**
     * A setting.
     *
     * @param key as it is written in files, such as {@code motorpool.pools.<name>.max-timeout}
     * @param list whether it holds several values
     */
    record Setting(String key, boolean list) {}

    static List<Setting> all() {
        List<Setting> all = new ArrayList<>();
        add(all, SettingsReader.ROOT, MotorpoolSettings.class);
        return all;
    }

    private static void add(List<Setting> all, String key, Type type) {
        if (type instanceof ParameterizedType parameterized) {
            if (parameterized.getRawType() == Map.class) {
                add(all, key + "." + CHOSEN, parameterized.getActualTypeArguments()[1]);
            } else {
                all.add(new Setting(key, true));
            }
        } else if (type instanceof Class<?> part && part.isRecord() && part != DurationSetting.class) {
            for (RecordComponent component : part.getRecordComponents()) {
                add(all, key + "." + kebab(component.getName()), component.getGenericType());
            }
        } else {
            all.add(new Setting(key, false));
        }
    }

    private static String kebab(String name) {
        return CAPITAL.matcher(name).replaceAll("-$1").toLowerCase(Locale.ROOT);
    }
}
