package dev.motorpool.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Measurements of a process from Linux' {@code /proc}. */
final class ProcessFacts {

    private static final double KIB_PER_MIB = 1024;

    /** USER_HZ is constant on Linux. */
    private static final double TICKS_PER_SECOND = 100;

    private static final int USER_TICKS = 11;

    /** Resident memory, where pages that n processes share count 1/n. */
    static double pssMib(long pid) throws IOException {
        return sumMib(pid, "smaps_rollup", "Pss:");
    }

    /** Resident memory that is not shared with other processes. */
    static double unsharedMib(long pid) throws IOException {
        return sumMib(pid, "smaps_rollup", "Private_Clean:", "Private_Dirty:");
    }

    static double residentMib(long pid) throws IOException {
        return sumMib(pid, "status", "VmRSS:");
    }

    /** Peak resident memory. */
    static double peakResidentMib(long pid) throws IOException {
        return sumMib(pid, "status", "VmHWM:");
    }

    /** The process and its descendants. */
    static List<Long> tree(long pid) {
        return ProcessHandle.of(pid).stream()
                .flatMap(handle -> Stream.concat(Stream.of(handle), handle.descendants()))
                .map(ProcessHandle::pid)
                .toList();
    }

    /** Processor time used so far. */
    static double cpuSeconds(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[USER_TICKS + 1])) / TICKS_PER_SECOND;
    }

    private static double sumMib(long pid, String file, String... names) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), file))) {
            return lines.filter(line -> Arrays.stream(names).anyMatch(line::startsWith))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                            .sum()
                    / KIB_PER_MIB;
        }
    }

    private ProcessFacts() {}
}
