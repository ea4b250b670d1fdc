package dev.motorpool.conform;

import dev.motorpool.pool.process.ResidentMemory;
import java.io.IOException;
import java.util.List;

/** Many calls in constant memory. */
final class MemoryCheck {

    static final List<Check> ALL =
            List.of(new Check("P38", "any number of calls takes the same memory", MemoryCheck::constant));

    /** Calls that are in the worker at once. */
    private static final int WINDOW = 50;
    /** The part of the calls before the first measurement, for what grows once. */
    private static final int WARM_UP = 2;

    private static final long GROWTH = 48L * 1024 * 1024;
    private static final long MEBIBYTE = 1024 * 1024;

    private MemoryCheck() {}

    private static void constant(Trial trial)
            throws UnmetException, SkippedException, IOException, InterruptedException {
        CheckedWorker worker = trial.one();
        int calls = trial.options().calls();
        long pid = worker.process().pid();
        int warm = calls / WARM_UP;
        run(worker, 0, warm);
        Long before = ResidentMemory.of(pid);
        run(worker, warm, calls);
        Long after = ResidentMemory.of(pid);
        if (before == null || after == null) {
            throw new SkippedException("this system does not report the memory of a process");
        }
        if (after - before > GROWTH) {
            throw new UnmetException(
                    "at most " + GROWTH / MEBIBYTE + " MiB more after " + calls + " calls than after " + warm,
                    (after - before) / MEBIBYTE + " MiB more, " + after / MEBIBYTE + " MiB in all");
        }
        worker.finish();
    }

    private static void run(CheckedWorker worker, int from, int end) throws UnmetException, InterruptedException {
        for (int first = from; first < end; first += WINDOW) {
            String[] orders = new String[Math.min(WINDOW, end - first)];
            for (int i = 0; i < orders.length; i++) {
                orders[i] = Orders.call(first + i, Orders.ECHO, "\"call " + (first + i) + "\"");
            }
            worker.send(orders);
            for (int i = 0; i < orders.length; i++) {
                String _ = worker.result(first + i);
            }
        }
    }
}
