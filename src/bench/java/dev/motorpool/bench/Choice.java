package dev.motorpool.bench;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Selects the rows to measure. */
final class Choice {

    private Choice() {}

    /**
     * The named measurements, in the order of all.
     *
     * @param names separated by commas; all if empty
     * @throws IllegalArgumentException if a name is unknown; the message lists the known ones
     */
    static List<Measurement> of(String names, List<Measurement> all) {
        if (names.isBlank()) {
            return all;
        }
        List<String> known = all.stream().map(Measurement::name).toList();
        List<String> wanted =
                Arrays.stream(names.split(",", -1)).map(String::strip).toList();
        for (String name : wanted) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException("there is no \"" + name + "\"; there are "
                        + known.stream().sorted().collect(Collectors.joining(", ")));
            }
        }
        return all.stream().filter(each -> wanted.contains(each.name())).toList();
    }
}
