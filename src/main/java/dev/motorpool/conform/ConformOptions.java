package dev.motorpool.conform;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The command line of the kit.
 *
 * @param calls how many calls the test of memory makes
 * @param patience what all time limits are multiplied by
 * @param kinds the kinds of pools that the worker is for
 * @param only the tests to run; empty: all
 * @param functions the directory from which the worker loads; null: none
 * @param command the worker's command
 */
public record ConformOptions(
        int calls,
        double patience,
        Set<String> kinds,
        Set<String> only,
        @Nullable Path functions,
        List<String> command) {

    /** What is said to who calls it wrongly. */
    public static final String USAGE = """
        Usage: conform [OPTION...] -- COMMAND [ARG...]
        Tests whether COMMAND is a worker as docs/protocol.md has it.
          --calls=N          calls in the test of memory (default 1000000, at least 1000)
          --patience=FACTOR  multiplies all time limits (default 1)
          --kinds=KIND,...   of process, thread, coroutine (default all)
          --only=P1,...      runs these tests only
          --functions=DIR    the worker loads its functions from DIR
        """;

    static final String PROCESS = "process";
    static final String THREAD = "thread";
    static final String COROUTINE = "coroutine";

    private static final int USUAL_CALLS = 1_000_000;
    private static final int FEWEST_CALLS = 1000;
    private static final Set<String> KINDS = Set.of(PROCESS, THREAD, COROUTINE);

    /** Those of a worker for all kinds of pools. */
    public static final ConformOptions DEFAULT = new ConformOptions(USUAL_CALLS, 1, KINDS, Set.of(), null, List.of());

    /**
     * Reads the command line.
     *
     * @throws IllegalArgumentException if it is wrong; the message says how
     */
    public static ConformOptions of(List<String> arguments) {
        int separator = arguments.indexOf("--");
        if (separator < 0 || separator == arguments.size() - 1) {
            throw new IllegalArgumentException("The command of the worker is missing, after --.");
        }
        ConformOptions options = DEFAULT;
        for (String argument : arguments.subList(0, separator)) {
            options = options.with(argument);
        }
        List<String> command = List.copyOf(arguments.subList(separator + 1, arguments.size()));
        return new ConformOptions(
                options.calls, options.patience, options.kinds, options.only, options.functions, command);
    }

    private ConformOptions with(String argument) {
        int equals = argument.indexOf('=');
        String name = equals < 0 ? argument : argument.substring(0, equals);
        String value = equals < 0 ? "" : argument.substring(equals + 1);
        return switch (name) {
            case "--calls" -> withCalls(count(value));
            case "--patience" -> withPatience(factor(value));
            case "--kinds" -> withKinds(words(value, KINDS, "a kind of pool"));
            case "--only" -> withOnly(words(value, Checks.names(), "a test"));
            case "--functions" -> new ConformOptions(calls, patience, kinds, only, Path.of(value), command);
            default -> throw new IllegalArgumentException("There is no option " + name + ".");
        };
    }

    public ConformOptions withCalls(int count) {
        return new ConformOptions(count, patience, kinds, only, functions, command);
    }

    public ConformOptions withPatience(double factor) {
        return new ConformOptions(calls, factor, kinds, only, functions, command);
    }

    public ConformOptions withKinds(Set<String> some) {
        return new ConformOptions(calls, patience, some, only, functions, command);
    }

    public ConformOptions withOnly(Set<String> some) {
        return new ConformOptions(calls, patience, kinds, some, functions, command);
    }

    private static int count(String value) {
        try {
            int count = Integer.parseInt(value);
            if (count >= FEWEST_CALLS) {
                return count;
            }
        } catch (NumberFormatException noNumber) {
            // As a number that is too small.
        }
        throw new IllegalArgumentException("--calls must be a number from " + FEWEST_CALLS + ", not " + value + ".");
    }

    private static double factor(String value) {
        try {
            double factor = Double.parseDouble(value);
            if (factor > 0 && factor <= 1000) {
                return factor;
            }
        } catch (NumberFormatException noNumber) {
            // As a number that is too small.
        }
        throw new IllegalArgumentException("--patience must be greater than 0 and at most 1000, not " + value + ".");
    }

    private static Set<String> words(String value, Set<String> known, String what) {
        Set<String> words = new TreeSet<>();
        for (String word : value.split(",", -1)) {
            if (!known.contains(word)) {
                throw new IllegalArgumentException(word + " is not " + what + ".");
            }
            words.add(word);
        }
        return words;
    }
}
