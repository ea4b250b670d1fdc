package dev.motorpool.detached;

import dev.motorpool.detached.store.DeliveryTables;
import dev.motorpool.detached.store.JobReader;
import dev.motorpool.detached.store.JobStore;
import dev.motorpool.detached.store.JobTables;
import dev.motorpool.detached.store.StoreException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A store with faults, around any other. A plan decides at every call of the store's own methods ({@code write},
 * {@code read}) and of each method of the tables within a transaction ({@code tables.insert}, {@code reader.find},
 * {@code deliveries.record}). So tests can break chosen calls, or random ones.
 */
public final class FaultyStore implements JobStore {

    /** The fault of a call. */
    public enum Fault {
        NONE,
        /** It fails, and nothing was done. */
        BEFORE,
        /** It was done, and its caller sees a failure. */
        AFTER,
        /** It takes long, and is done. */
        SLOW,
        /** It does not return until {@link #release}, and is done then. */
        HANGS
    }

    /** Decides about each call; called by several threads. */
    @FunctionalInterface
    public interface Plan {

        /**
         * Decides about a call.
         *
         * @param call such as {@code write} or {@code tables.start}
         * @param number how many calls of this name there were before
         */
        Fault at(String call, long number);

        /** No faults. */
        static Plan none() {
            return (call, number) -> Fault.NONE;
        }

        /** One fault, at one call. */
        static Plan once(String name, long number, Fault fault) {
            return (call, count) -> call.equals(name) && count == number ? fault : Fault.NONE;
        }

        /**
         * Each of these faults at random, once in {@code oneIn} calls on average; the same for the same seed and order.
         */
        static Plan random(long seed, int oneIn, Fault... faults) {
            Random random = new Random(seed);
            return (call, number) -> {
                synchronized (random) {
                    return random.nextInt(oneIn) == 0 ? faults[random.nextInt(faults.length)] : Fault.NONE;
                }
            };
        }
    }

    private static final Duration SLOW = Duration.ofMillis(20);
    private static final Duration LOOK = Duration.ofMillis(5);

    private final JobStore store;
    private final Map<String, AtomicLong> calls = new ConcurrentHashMap<>();
    private final AtomicLong hanging = new AtomicLong();

    /** Set by tests from any thread. */
    private volatile Plan plan;

    /** Hanging calls wait for it; replaced by {@link #release}, by one thread at a time. */
    private volatile CountDownLatch gate = new CountDownLatch(1);

    public FaultyStore(JobStore store, Plan plan) {
        this.store = store;
        this.plan = plan;
    }

    /** Sets the plan and restarts the count of calls at 0. */
    public void plan(Plan next) {
        calls.clear();
        plan = next;
    }

    /** Releases hanging calls. */
    public synchronized void release() {
        CountDownLatch old = gate;
        gate = new CountDownLatch(1);
        old.countDown();
    }

    /** A thread that releases hanging calls after this time, until it is interrupted. */
    Thread releasing(Duration after) {
        return Thread.ofVirtual().start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                LockSupport.parkNanos(LOOK.toNanos());
                if (hanging() > 0) {
                    LockSupport.parkNanos(after.toNanos());
                    release();
                }
            }
        });
    }

    /** How many calls hang now. */
    public long hanging() {
        return hanging.get();
    }

    /** Number of calls with this name under this plan. */
    public long calls(String name) {
        AtomicLong count = calls.get(name);
        return count == null ? 0 : count.get();
    }

    @Override
    public void write(Work work) throws StoreException {
        Fault fault = before("write");
        store.write(tables -> work.run(faulty(JobTables.class, "tables.", tables)));
        after("write", fault);
    }

    @Override
    public <T extends @Nullable Object> T read(Reading<T> reading) throws StoreException {
        Fault fault = before("read");
        T answer = store.read(tables -> reading.run(faulty(JobReader.class, "reader.", tables)));
        after("read", fault);
        return answer;
    }

    @Override
    public Disk disk(long wanted) {
        return store.disk(wanted);
    }

    @Override
    public void close() {
        release();
        store.close();
    }

    private Fault before(String call) throws StoreException {
        long number = calls.computeIfAbsent(call, name -> new AtomicLong()).getAndIncrement();
        Fault fault = plan.at(call, number);
        switch (fault) {
            case BEFORE -> throw new StoreException("A fault before " + call + " was done.");
            case SLOW -> LockSupport.parkNanos(SLOW.toNanos());
            case HANGS -> hang(call);
            case NONE, AFTER -> {}
        }
        return fault;
    }

    private static void after(String call, Fault fault) throws StoreException {
        if (fault == Fault.AFTER) {
            throw new StoreException("A fault after " + call + " was done.");
        }
    }

    private void hang(String call) throws StoreException {
        hanging.incrementAndGet();
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("Interrupted while " + call + " hung.", e);
        } finally {
            hanging.decrementAndGet();
        }
    }

    private <T> T faulty(Class<T> type, String prefix, T tables) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (!declaresFailure(method)) {
                        Object answer = call(tables, method, arguments);
                        return answer instanceof DeliveryTables deliveries
                                ? faulty(DeliveryTables.class, "deliveries.", deliveries)
                                : answer;
                    }
                    String name = prefix + method.getName();
                    Fault fault = before(name);
                    Object answer = call(tables, method, arguments);
                    after(name, fault);
                    return answer;
                }));
    }

    private static boolean declaresFailure(Method method) {
        return Arrays.asList(method.getExceptionTypes()).contains(StoreException.class);
    }

    private static @Nullable Object call(Object tables, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(tables, arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }
}
