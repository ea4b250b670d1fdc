package dev.motorpool.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import org.jspecify.annotations.Nullable;

/** CPython's two pools, each called from one thread and from many: the faster way differs between machines. */
final class PythonPools implements AutoCloseable {

    private static final int MANY = 64;

    private final Python.Session pool;
    private final Python.Session executor;
    private final List<Double> poolOne = new ArrayList<>();
    private final List<Double> poolMany = new ArrayList<>();
    private final List<Double> executorOne = new ArrayList<>();
    private final List<Double> executorMany = new ArrayList<>();

    private PythonPools(Python python, String value) throws IOException {
        pool = python.session("pool", value);
        executor = python.session("executor", value);
    }

    static @Nullable PythonPools of(@Nullable Python python, String value) throws IOException {
        return python == null ? null : new PythonPools(python, value);
    }

    void round(double seconds) throws IOException {
        poolOne.add(pool.rate(1, seconds));
        poolMany.add(pool.rate(MANY, seconds));
        executorOne.add(executor.rate(1, seconds));
        executorMany.add(executor.rate(MANY, seconds));
    }

    /** The better of the two ways. */
    Spread pool() {
        return better(poolOne, poolMany);
    }

    /** The usual way: one caller that waits. */
    Spread poolFromOneThread() {
        return new Spread(poolOne);
    }

    Spread executor() {
        return better(executorOne, executorMany);
    }

    String poolText(DoubleFunction<String> format) {
        return text(poolOne, poolMany, format);
    }

    String executorText(DoubleFunction<String> format) {
        return text(executorOne, executorMany, format);
    }

    private static Spread better(List<Double> one, List<Double> many) {
        Spread first = new Spread(one);
        Spread second = new Spread(many);
        return first.median() >= second.median() ? first : second;
    }

    private static String text(List<Double> one, List<Double> many, DoubleFunction<String> format) {
        return "from one thread: " + new Spread(one).text(format) + ", from " + MANY + ": "
                + new Spread(many).text(format);
    }

    @Override
    public void close() throws IOException {
        try (executor) {
            pool.close();
        }
    }
}
