package dev.motorpool.bench;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The goal of a row.
 *
 * @param more whether more is better
 * @param atLeast the required value
 * @param aim the desired value; null: the required one
 * @param unit for people, with a leading blank
 */
record Goal(boolean more, double atLeast, @Nullable Double aim, String unit) {

    static Goal atLeast(double atLeast, double aim, String unit) {
        return new Goal(true, atLeast, aim, unit);
    }

    static Goal atMost(double atMost, double aim, String unit) {
        return new Goal(false, atMost, aim, unit);
    }

    String required() {
        return (more ? ">= " : "<= ") + text(atLeast);
    }

    String wished() {
        return aim == null ? "" : (more ? ">= " : "<= ") + text(aim);
    }

    String verdict(double value) {
        if (aim != null && reaches(value, aim)) {
            return "aim";
        }
        return reaches(value, atLeast) ? "yes" : "NO";
    }

    private boolean reaches(double value, double bound) {
        return more ? value >= bound : value <= bound;
    }

    private String text(double number) {
        return (number == Math.rint(number)
                        ? String.format(Locale.ROOT, "%,d", Math.round(number))
                        : String.format(Locale.ROOT, "%s", number))
                + unit;
    }
}
