package dev.motorpool.http.route;

import dev.motorpool.http.problem.Problem;
import dev.motorpool.http.problem.ProblemException;
import dev.motorpool.http.server.ClientConnection;
import dev.motorpool.job.ProblemType;
import dev.motorpool.job.Seconds;
import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.RawJson;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** Reads whole bodies within limits of size, time, and bytes of all requests together. */
public final class BodyReader {

    private static final int FIRST_STEP = 8 << 10;
    private static final byte[] NOTHING = {};

    private final int limit;
    private final Duration timeout;
    private final ByteBudget budget;

    public BodyReader(HttpSettings settings) {
        this.limit = settings.bodyLimit();
        this.timeout = settings.bodyTimeout();
        long largest = limit + JsonSlices.BYTES_OF_BOUNDS * settings.items();
        this.budget =
                new ByteBudget("body-bytes", "requests", "motorpool.http.body-budget", settings.bodyBudget(), largest);
    }

    /**
     * A body, and its share of the budget. It returns the share when its answer begins, or else when its request ends.
     */
    final class Body implements AutoCloseable {

        private byte[] bytes = NOTHING;
        private int length;

        private final ByteBudget.Held held;

        private Body(ByteBudget.Held held) {
            this.held = held;
        }

        RawJson text() {
            return new RawJson(bytes, 0, length);
        }

        int length() {
            return length;
        }

        @Override
        public void close() {
            bytes = NOTHING;
            length = 0;
            held.close();
        }

        /** Counts additional bytes that are about to be made from the body as part of it. */
        void hold(long more) throws ProblemException {
            held.hold(more);
        }

        private void grow(int capacity) throws ProblemException {
            hold(capacity - bytes.length);
            bytes = Arrays.copyOf(bytes, capacity);
        }

        private void add(ByteBuffer more, long announced) throws ProblemException {
            int count = more.remaining();
            long needed = (long) length + count;
            if (needed > limit) {
                throw tooLarge();
            }
            if (needed > bytes.length) {
                long roomy = Math.max(needed, Math.max(FIRST_STEP, 2L * bytes.length));
                grow((int) Math.min(roomy, announced >= 0 ? announced : limit));
            }
            more.get(bytes, length, count);
            length += count;
        }
    }

    /**
     * Reads the body into {@code body}.
     *
     * @param announced the value of the header {@code Content-Length}; -1 if there is none
     */
    void read(ClientConnection connection, Body body, long announced) throws ProblemException {
        if (announced > limit) {
            throw tooLarge();
        }
        long deadline = System.nanoTime() + timeout.toNanos();
        try {
            while (announced < 0 || body.length < announced) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0) {
                    throw tooSlow();
                }
                ByteBuffer chunk = connection.read(left);
                if (chunk == null) {
                    break;
                }
                body.add(chunk, announced);
            }
        } catch (SocketTimeoutException slow) {
            throw tooSlow();
        } catch (EOFException early) {
            throw new ProblemException(
                    Problem.malformed("", "The body ended after " + body.length + " bytes, before its announced end."));
        } catch (IOException broken) {
            throw new ProblemException(Problem.malformed("", "The body could not be read to its end."));
        }
        if (body.length < announced) {
            throw new ProblemException(
                    Problem.malformed("", "The body ended after " + body.length + " of " + announced + " bytes."));
        }
    }

    Body empty(RequestShares.Share caller) {
        return new Body(budget.held(caller));
    }

    public ByteBudget budget() {
        return budget;
    }

    private ProblemException tooLarge() {
        return new ProblemException(
                Problem.of(ProblemType.CONTENT_TOO_LARGE, "A body may have at most " + limit + " bytes.")
                        .with("limit", limit));
    }

    private ProblemException tooSlow() {
        return new ProblemException(Problem.of(
                ProblemType.REQUEST_TIMEOUT, "The body did not arrive within " + Seconds.text(timeout) + " s."));
    }
}
