package dev.motorpool.http.route;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.http.problem.Problem;
import dev.motorpool.http.problem.ProblemException;
import dev.motorpool.job.HeldBytes;
import dev.motorpool.job.JobError;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How many bytes of one sort may be held at once: by all requests together, and by those of one caller, who so leaves
 * some to others.
 */
public final class ByteBudget {

    /** Requests that hold less are not counted to their caller, which would cost each small call some time. */
    private static final long SMALL = 1 << 10;

    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);

    private final String name;
    private final String what;
    private final String setting;
    private final long limit;
    private final long share;

    /** Bytes in use. Above the limit only while a request is being refused. */
    private final AtomicLong used = new AtomicLong();

    /** What each caller holds. Those who hold nothing take no memory. */
    private final ConcurrentHashMap<String, Long> callers = new ConcurrentHashMap<>();

    /**
     * @param name of a caller's limit, as a refusal has it
     * @param what is held, for people
     * @param setting the setting that limits it
     * @param largest what one request may need; a caller's share is half of the limit, or this if that is more
     */
    ByteBudget(String name, String what, String setting, long limit, long largest) {
        this.name = name;
        this.what = what;
        this.setting = setting;
        this.limit = limit;
        this.share = Math.min(limit, Math.max(limit / 2, largest));
    }

    /** What a request of this caller holds; nothing at first. */
    Held held(RequestShares.Share caller) {
        return new Held(caller);
    }

    public long used() {
        return used.get();
    }

    /** The bytes of one request. */
    public final class Held implements HeldBytes {

        private final RequestShares.Share caller;

        @GuardedBy("this")
        private long taken;

        /** How many of them are counted to the caller. */
        @GuardedBy("this")
        private long counted;

        private Held(RequestShares.Share caller) {
            this.caller = caller;
        }

        @Override
        public synchronized @Nullable JobError take(long bytes) {
            if (bytes == 0) {
                return null;
            }
            if (used.addAndGet(bytes) > limit) {
                used.addAndGet(-bytes);
                return JobError.unavailable("The service holds as many bytes of " + what + " as it may, " + limit + " ("
                        + setting + "); try again soon.");
            }
            if (count(bytes) > share) {
                uncount();
                used.addAndGet(-bytes);
                return JobError.limitReached(
                        name,
                        "Requests of this caller hold as many bytes of " + what + " as they may, " + share
                                + "; read answers, and send fewer requests at once.");
            }
            taken += bytes;
            return null;
        }

        /** As {@link #take}. */
        void hold(long bytes) throws ProblemException {
            JobError full = take(bytes);
            if (full != null) {
                throw new ProblemException(Problem.of(full, null));
            }
        }

        /** As {@link #hold}, after waiting for others to give theirs back, at most so long. */
        void hold(long bytes, Duration patience) throws ProblemException, InterruptedException {
            long deadline = System.nanoTime() + patience.toNanos();
            for (JobError full = take(bytes); full != null; full = take(bytes)) {
                if (bytes > share || System.nanoTime() - deadline >= 0) {
                    throw new ProblemException(Problem.of(full, null));
                }
                Thread.sleep(LOOK_AGAIN);
            }
        }

        @Override
        public synchronized void giveBack(long bytes) {
            taken -= bytes;
            uncount();
            used.addAndGet(-bytes);
        }

        /** Gives all back. */
        synchronized void close() {
            giveBack(taken);
        }

        /** Counts so many more to the caller, unless all are few; answers what that holds then. */
        @GuardedBy("this")
        private long count(long bytes) {
            long more = taken + bytes - counted;
            if (counted == 0 && more < SMALL) {
                return 0;
            }
            counted += more;
            return callers.merge(caller.caller(), more, Long::sum);
        }

        /** Counts no more to the caller than has been taken. */
        @GuardedBy("this")
        private void uncount() {
            long bytes = counted - taken;
            if (bytes > 0) {
                counted = taken;
                callers.computeIfPresent(caller.caller(), (name, all) -> all == bytes ? null : all - bytes);
            }
        }

        @Override
        public long limit() {
            return share;
        }
    }
}
