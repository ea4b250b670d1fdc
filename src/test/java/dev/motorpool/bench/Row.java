package dev.motorpool.bench;

import org.jspecify.annotations.Nullable;

/**
 * A line of the table.
 *
 * @param work what was done
 * @param measured what came out
 * @param comparedWith what it is held against
 * @param ratio measured over compared; null where there is nothing to divide by
 * @param goal what must be reached; null for a line that is there to be known
 * @param judged the figure that the goal is about; null if it could not be measured
 */
record Row(
        String work,
        String measured,
        String comparedWith,
        @Nullable Spread ratio,
        @Nullable Goal goal,
        @Nullable Spread judged) {

    /** A line whose goal is about the ratio. */
    static Row ofRatio(String work, String measured, String comparedWith, Spread ratio, @Nullable Goal goal) {
        return new Row(work, measured, comparedWith, ratio, goal, ratio);
    }

    /** A line whose goal is about the figure itself. */
    static Row ofFigure(String work, String measured, String comparedWith, Spread figure, @Nullable Goal goal) {
        return new Row(work, measured, comparedWith, null, goal, figure);
    }

    /** A line that has no figure, and why. */
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
