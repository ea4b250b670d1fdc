package dev.motorpool.conform;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All tests, in the order in which they run: the hello first, as nothing works without, then as docs/protocol.md has them. */
final class Checks {

    private static final List<Check> ALL = Stream.of(
                    StartChecks.ALL,
                    EndChecks.ALL,
                    FrameChecks.ALL,
                    MessageChecks.ALL,
                    OrderChecks.ALL,
                    DropChecks.ALL,
                    AcceptedChecks.ALL,
                    ReportChecks.ALL,
                    ChunkChecks.ALL,
                    ErrorChecks.ALL,
                    ExitChecks.ALL,
                    MemoryCheck.ALL,
                    SlotChecks.ALL,
                    SourceChecks.ALL)
            .flatMap(List::stream)
            .sorted(Comparator.comparingInt(Checks::place))
            .toList();

    private Checks() {}

    private static int place(Check check) {
        return check.must().equals(StartChecks.FIRST)
                ? 0
                : Integer.parseInt(check.must().substring(1));
    }

    static List<Check> all() {
        return ALL;
    }

    /** The MUSTs that are tested. */
    static Set<String> names() {
        return ALL.stream().map(Check::must).collect(Collectors.toUnmodifiableSet());
    }
}
