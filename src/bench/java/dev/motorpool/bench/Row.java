package dev.motorpool.bench;

import org.jspecify.annotations.Nullable;

/**
 * A line of the table.
 *
 * @param work the measured work
 * @param measured the result
 * @param comparedWith the reference
 * @param ratio result over reference; null without a reference
 * @param goal the goal; null for information only
 * @param judged the figure to compare with the goal; null if it could not be measured
 */
record Row(
        String work,
        String measured,
        String comparedWith,
        @Nullable Spread ratio,
        @Nullable Goal goal,
        @Nullable Spread judged) {

    /** A row with a goal for the ratio. */
    static Row ofRatio(String work, String measured, String comparedWith, Spread ratio, @Nullable Goal goal) {
        return new Row(work, measured, comparedWith, ratio, goal, ratio);
    }

    /** A row with a goal for the figure itself. */
    static Row ofFigure(String work, String measured, String comparedWith, Spread figure, @Nullable Goal goal) {
        return new Row(work, measured, comparedWith, null, goal, figure);
    }

    /** A row without a result, with the reason. */
    static Row missing(String work, String why) {
        return new Row(work, "not measured", why, null, null, null);
    }

    String reached() {
        if (goal == null) {
            return "";
        }
        return judged == null ? "?" : goal.verdict(judged.median());
    }
}
