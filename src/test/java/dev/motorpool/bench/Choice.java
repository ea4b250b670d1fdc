package dev.motorpool.bench;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Which rows are to be measured. */
final class Choice {

    private Choice() {}

    /**
     * Those that are named, in the order of all.
     *
     * @param names with commas between them; all if there is none
     * @throws IllegalArgumentException if one of them is unknown; its message lists those that are known
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
