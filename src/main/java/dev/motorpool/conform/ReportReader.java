package dev.motorpool.conform;

import dev.motorpool.wire.FrameCodec;
import dev.motorpool.wire.Message;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads a worker's reports, by the strict reader of the service, into a queue of bounded length. */
final class ReportReader {

    sealed interface Event {}

    record Came(Message.Report report) implements Event {}

    /** @param fault what was wrong with the last frame; null if the stream ended between two */
    record End(@Nullable String fault) implements Event {}

    private static final int AHEAD = 256;

    private final FrameCodec.Reader reader;
    private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(AHEAD);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final CountDownLatch resting = new CountDownLatch(1);
    private volatile boolean paused;
    /** The end, once it was returned; owned by the thread that takes events. */
    private @Nullable End end;

    ReportReader(InputStream in, int frameLimit) {
        this.reader = new FrameCodec.Reader(in, frameLimit);
    }

    /** The next event, or null if there is none for so long. After the end comes the end again. */
    @Nullable
    Event next(Duration limit) throws InterruptedException {
        if (end != null) {
            return end;
        }
        Event event = events.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
        if (event instanceof End last) {
            end = last;
        }
        return event;
    }

    /** Leaves what follows the next report in the pipe, until {@link #stop}. */
    void pause() {
        paused = true;
    }

    /** Waits until nothing is read any more; false if that takes too long. */
    boolean awaitPause(Duration limit) throws InterruptedException {
        return resting.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Nobody takes events any more. */
    void stop() {
        stopped.countDown();
    }

    /** Reads to the end, or to what is no report; runs on the worker's reader thread. */
    void read() {
        try {
            Event event;
            do {
                if (paused) {
                    resting.countDown();
                    stopped.await();
                }
                event = readNext();
                put(event);
            } while (event instanceof Came && stopped.getCount() > 0);
        } catch (InterruptedException nobody) {
            Thread.currentThread().interrupt();
        }
    }

    private void put(Event event) throws InterruptedException {
        boolean taken = false;
        while (!taken && stopped.getCount() > 0) {
            taken = events.offer(event, 50, TimeUnit.MILLISECONDS);
        }
    }

    private Event readNext() {
        try {
            return switch (reader.read()) {
                case null -> new End(null);
                case Message.Report report -> new Came(report);
                case Message.Order order ->
                    new End("a " + order.getClass().getSimpleName().toLowerCase(Locale.ROOT)
                            + ", which only the service sends");
            };
        } catch (FrameCodec.BrokenProtocolException broken) {
            return new End(broken.getMessage());
        } catch (IOException closed) {
            return new End(null);
        }
    }
}
