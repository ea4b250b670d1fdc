package dev.motorpool.app.settings;

import org.jspecify.annotations.Nullable;

/** Checks that settings are within their ranges. A setting that is left out is. */
final class Range {

    private Range() {}

    /** @param why what a lower value means, after a comma */
    static <T extends Comparable<T>> void atLeast(String key, @Nullable T value, T least, String why) {
        if (value != null && value.compareTo(least) < 0) {
            throw new InvalidConfigurationException(
                    key + " is " + value + ", " + why + ".", "Set it to " + least + " or more.");
        }
    }

    static void atLeastOne(String key, @Nullable Integer count) {
        atLeast(key, count, 1, "which is no room for a single one");
    }

    static <T extends Comparable<T>> void within(String key, T value, T least, T most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new InvalidConfigurationException(
                    key + " is " + value + ", which is not from " + least + " to " + most + ".",
                    "Choose a value in that range.");
        }
    }
}
