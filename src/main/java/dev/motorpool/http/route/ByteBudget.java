package dev.motorpool.http.route;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.http.problem.Problem;
import dev.motorpool.http.problem.ProblemException;
import dev.motorpool.job.JobError;
import dev.motorpool.job.waited.HeldBytes;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A limit on the bytes of one kind that may be held at once: by all requests together, and by the requests of one
 * caller. Thread-safe: the totals are atomic, and each request's share is guarded by its own monitor.
 */
public final class ByteBudget {

    /** Requests that hold less are not counted to their caller, because that would slow down small calls. */
    private static final long SMALL = 1 << 10;

    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);

    private final String name;
    private final String what;
    private final String setting;
    private final long limit;
    private final long share;

    /**
     * Bytes in use. Bytes are added first and subtracted again if they exceed the limit, so it is above the limit only
     * while a request is being refused.
     */
    private final AtomicLong used = new AtomicLong();

    /** Bytes held by each caller. Callers that hold none have no entry. */
    private final ConcurrentHashMap<String, Long> callers = new ConcurrentHashMap<>();

    /**
     * @param name the name of a caller's limit in refusals
     * @param what the kind of bytes, for messages
     * @param setting the setting that limits it
     * @param largest the most that one request may need; a caller's share is half of the limit, or this if that is more
     */
    ByteBudget(String name, String what, String setting, long limit, long largest) {
        this.name = name;
        this.what = what;
        this.setting = setting;
        this.limit = limit;
        this.share = Math.min(limit, Math.max(limit / 2, largest));
    }

    /** A new share for a request of this caller; empty at first. */
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

        /** As {@link #hold}, but waits for other requests to release bytes, at most this long. */
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

        /** Returns all bytes. */
        synchronized void close() {
            giveBack(taken);
        }

        /** Counts more bytes to the caller, unless the request holds few; returns the caller's total. */
        @GuardedBy("this")
        private long count(long bytes) {
            long more = taken + bytes - counted;
            if (counted == 0 && more < SMALL) {
                return 0;
            }
            counted += more;
            return callers.merge(caller.caller(), more, Long::sum);
        }

        /** Reduces what is counted to the caller to what has been taken. */
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
