package dev.motorpool.runtime;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The options of a worker's JVM; docs/adr says what each was measured to bring. */
final class JvmFlags {

    private static final long MIB = 1024 * 1024;
    private static final long BASE_HEAP = 256 * MIB;
    private static final long HEAP_OF_THREAD = 4 * MIB;
    private static final long HEAP_OF_COROUTINE = 4 * 1024;

    /** What all workers share: the AOT cache is made with these, and changing them makes it another one. */
    static final List<String> COMMON = List.of(
            "-XX:+UseSerialGC",
            "-Xss512k",
            // Signals end a worker by the system's default action, so that its exit status shows the signal.
            "-Xrs",
            "-XX:+ExitOnOutOfMemoryError",
            // A loop without a safepoint must not delay the halt when the service is gone.
            "-XX:+UseCountedLoopSafepoints",
            "-XX:LoopStripMiningIter=1000",
            "-XX:ErrorFile=/dev/null",
            "-XX:-UsePerfData",
            // With -Xrs it would listen for debuggers from the start, on a socket file that a killed worker leaves.
            "-XX:+DisableAttachMechanism",
            "-XX:+UnlockDiagnosticVMOptions",
            // Mapped where it was made for, the cache's pages stay shared between workers; and a class is loaded from
            // it
            // when it is needed, not all of them at the start.
            "-XX:ArchiveRelocationMode=0",
            "-XX:-AOTClassLinking",
            // A sleeping coroutine is mostly small objects.
            "-XX:+UseCompactObjectHeaders",
            "-Xlog:disable",
            "-Xlog:all=warning:stderr");

    /** Sizes of the heap, and of the carriers of virtual threads. */
    static List<String> of(WorkerShape shape, @Nullable Long maxHeap) {
        List<String> flags = new ArrayList<>();
        flags.add("-Xms8m");
        flags.add("-Xmx" + (maxHeap != null ? maxHeap : heap(shape)));
        if (shape.virtual()) {
            // Two more than processors, so that calls which compute do not stop those which wait.
            int carriers = Runtime.getRuntime().availableProcessors() + 2;
            flags.add("-Djdk.virtualThreadScheduler.parallelism=" + carriers);
        } else {
            // Saves the first call the making of an accessor; under a virtual thread the native frame would pin it.
            flags.add("-Djdk.reflect.useNativeAccessorOnly=true");
        }
        return flags;
    }

    private static long heap(WorkerShape shape) {
        return BASE_HEAP + (shape.slots() - 1) * (shape.virtual() ? HEAP_OF_COROUTINE : HEAP_OF_THREAD);
    }

    private JvmFlags() {}
}
