package dev.motorpool.app.settings;

import dev.motorpool.pool.settings.SettingRules;
import java.math.BigDecimal;
import java.time.Duration;

/** A duration in the format of the configuration and of the API: a number of seconds, fractions allowed. */
public record DurationSetting(Duration value) {

    private static final BigDecimal MOST = BigDecimal.valueOf(SettingRules.LONGEST_SECONDS);

    /** Called by the binder of the configuration. */
    public static DurationSetting valueOf(String text) {
        BigDecimal seconds;
        try {
            seconds = new BigDecimal(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("a number of seconds is needed, such as 30 or 0.5", e);
        }
        if (seconds.signum() < 0 || seconds.compareTo(MOST) > 0) {
            throw new IllegalArgumentException("seconds must be from 0 to " + MOST);
        }
        return new DurationSetting(Duration.ofNanos(seconds.movePointRight(9).longValue()));
    }

    /** As {@link #valueOf(String)}, for YAML numbers, which are not text. */
    public static DurationSetting valueOf(Integer seconds) {
        return valueOf(seconds.toString());
    }

    /** As {@link #valueOf(Integer)}, with a fraction. */
    public static DurationSetting valueOf(Double seconds) {
        return valueOf(seconds.toString());
    }

    void positive(String key) {
        if (value.isZero()) {
            throw new InvalidConfigurationException(key + " is 0, which leaves no time at all.", "Set it above 0.");
        }
    }
}
