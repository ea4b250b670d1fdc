package dev.motorpool.job;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Finds the known name that somebody may have meant. */
public final class Nearest {

    private static final int LONGEST = 100;

    private Nearest() {}

    /** The name with the fewest changed characters, or null if none is near. */
    public static @Nullable String of(String wanted, Collection<String> known) {
        if (wanted.length() > LONGEST) {
            return null;
        }
        int allowed = Math.max(2, wanted.length() / 3);
        String best = null;
        for (String name : known) {
            if (Math.abs(name.length() - wanted.length()) <= allowed) {
                int distance = distance(wanted, name);
                if (distance <= allowed && distance < name.length()) {
                    allowed = distance - 1;
                    best = name;
                }
            }
        }
        return best;
    }

    /** Levenshtein's distance, row by row. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(changed, 1 + Math.min(above, row[j - 1]));
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
