package dev.motorpool.pool;

import dev.motorpool.json.RawJson;
import dev.motorpool.pool.process.ExitStatus;
import dev.motorpool.pool.process.WorkerLink;
import dev.motorpool.pool.settings.Initializer;
import dev.motorpool.wire.FrameCodec;
import dev.motorpool.wire.Message;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Applies one worker's reports to its pool. Each batch of reports is one turn. A report that does not fit the pool's
 * state breaks the protocol, and the worker is killed.
 */
@SuppressWarnings("ReferenceEquality") // calls are compared by identity
final class WorkerReports implements WorkerLink.Listener {

    /** The id of the initializer's call; calls are numbered from 1. */
    private static final long INITIALIZER = 0;

    /** How often a call is sent to another worker because one has died before it accepted the call. */
    private static final int MOST_RETURNS = 2;

    private static final int OUT_OF_MEMORY_EXIT = 3;
    private static final String NO_TEMPLATE = "it reports forks, and is no template";
    /** Maximum characters of an exception's message in a pool's reason. */
    private static final int MESSAGE_KEPT = 1_000;

    private final Worker worker;
    private final PoolLock lock;
    private final WorkerStarter starter;
    private final WorkerTermination termination;
    private final StartBackoff backoff;
    private final Slots slots;
    private final Dispatcher dispatcher;
    private final Interrupts interrupts;
    private final CallCompletion ends;
    private final Lanes lanes;
    private final ChunkReports chunks;
    private final int valueLimit;
    /** Owned by the thread that reads the reports. */
    private boolean greeted;

    WorkerReports(
            Worker worker,
            PoolLock lock,
            WorkerStarter starter,
            WorkerTermination termination,
            StartBackoff backoff,
            Slots slots,
            Dispatcher dispatcher,
            Lanes lanes,
            Interrupts interrupts,
            CallCompletion ends,
            int valueLimit) {
        this.worker = worker;
        this.lock = lock;
        this.starter = starter;
        this.termination = termination;
        this.backoff = backoff;
        this.slots = slots;
        this.dispatcher = dispatcher;
        this.ends = ends;
        this.valueLimit = valueLimit;
        this.lanes = lanes;
        this.interrupts = interrupts;
        this.chunks = new ChunkReports(worker, lock, slots, dispatcher, lanes, ends.items(), valueLimit);
    }

    @Override
    public void spawned(ProcessHandle process) {
        lock.take(() -> starter.spawned(worker, process));
    }

    @Override
    public void closing() {
        lock.take(() -> worker.closing = true);
    }

    @Override
    public void received(List<Message.Report> reports) {
        if (!accepted(reports) && greeted) {
            return;
        }
        lock.take(() -> {
            worker.heard();
            for (Message.Report report : reports) {
                if (report instanceof Message.Leaving) {
                    termination.leaving(worker);
                    continue;
                }
                String fault = greeted ? handle(report) : greet(report);
                if (fault != null) {
                    termination.kill(
                            worker,
                            worker.phase == Worker.Phase.STARTING
                                    ? StopReason.start("was not fit to start: " + fault)
                                    : StopReason.protocol(fault));
                    return;
                }
            }
        });
    }

    /**
     * Records what the worker has accepted, which decides nothing and needs no turn. Returns whether there is more to
     * do.
     */
    private boolean accepted(List<Message.Report> reports) {
        boolean more = false;
        for (Message.Report report : reports) {
            if (report instanceof Message.Accepted(long orders)) {
                worker.accepted = orders;
            } else {
                more = true;
            }
        }
        return more;
    }

    private @Nullable String greet(Message.Report report) {
        if (!(report instanceof Message.Hello hello)) {
            return "it did not say hello first";
        }
        if (hello.version() != FrameCodec.VERSION) {
            return "it speaks version " + hello.version() + " of the protocol, this service version "
                    + FrameCodec.VERSION;
        }
        String unloaded = hello.fault();
        if (unloaded != null) {
            return unloaded;
        }
        greeted = true;
        worker.accepts = hello.features().contains(Message.Hello.ACCEPTED);
        worker.pings = hello.features().contains(Message.Hello.PING);
        worker.pool = hello.features().contains(Message.Hello.CONTEXT) ? starter.pool() : null;
        Initializer initializer = worker.settings.initializer();
        if (worker.phase != Worker.Phase.STARTING) {
            return null;
        }
        if (initializer == null) {
            starter.becameReady(worker);
        } else {
            starter.limitStart(worker);
            worker.link()
                    .send(new Message.Call(
                            INITIALIZER, 1, initializer.function(), initializer.args(), initializer.kwargs(), false));
        }
        return null;
    }

    private @Nullable String handle(Message.Report report) {
        return switch (report) {
            case Message.Hello again -> "it said hello twice";
            case Message.Result(long id, long nanos, var value) ->
                finished(id, nanos, value, value.length() > valueLimit ? new Failure.ValueTooLarge(valueLimit) : null);
            case Message.Error error -> failed(error);
            case Message.Results results -> chunks.succeeded(results);
            case Message.Running running -> chunks.running(running);
            case Message.Dropped dropped -> dropped(dropped);
            case Message.Progress progress -> {
                QueuedCall call = worker.held.get(progress.id());
                if (call != null) {
                    ends.progress(call, progress);
                }
                yield null;
            }
            case Message.Output(long id, String text) -> {
                QueuedCall call = worker.held.get(id);
                if (call != null) {
                    ends.output(call, text);
                }
                yield null;
            }
            case Message.Leaving leaving -> null;
            case Message.Accepted accepted -> null;
            case Message.Loading loading -> "it loads sources after its hello";
            case Message.Forked forked -> NO_TEMPLATE;
            case Message.Failed failed -> NO_TEMPLATE;
            case Message.Exited exited -> NO_TEMPLATE;
            case Message.Pong pong -> {
                worker.reports.ponged();
                yield null;
            }
        };
    }

    private @Nullable String failed(Message.Error error) {
        if (worker.held.get(error.id()) instanceof Chunk chunk) {
            return chunks.failed(chunk, error.index(), error.nanos(), failure(error));
        }
        if (error.index() != 0) {
            return "it answered item " + error.index() + " of call " + error.id() + ", which is no chunk";
        }
        return finished(error.id(), error.nanos(), RawJson.NULL, failure(error));
    }

    private @Nullable String finished(long id, long nanos, RawJson value, @Nullable Failure failure) {
        if (id == INITIALIZER && worker.phase == Worker.Phase.STARTING) {
            if (failure != null) {
                return "its initializer " + sentence(failure);
            }
            starter.becameReady(worker);
            return null;
        }
        QueuedCall call = worker.held.get(id);
        if (call == null || call instanceof Chunk) {
            return "it answered call " + id + ", which it does not hold";
        }
        if (worker.sequential && call != worker.head()) {
            return "it answered call " + id + " before its turn";
        }
        worker.held.remove(id);
        worker.finished++;
        worker.load--;
        slots.release(call);
        dispatcher.left(call);
        if (call.stuck) {
            worker.stuck--;
        }
        if (worker.condemned == call) {
            worker.condemned = null;
        }
        if (call.state == QueuedCall.State.RUNNING) {
            ends.end(call, worker, nanos, value, failure);
        }
        dispatcher.advance(worker);
        return null;
    }

    private @Nullable String dropped(Message.Dropped dropped) {
        if (worker.recalls == 0) {
            return "it gave calls back unasked";
        }
        worker.recalls--;
        worker.recalledNanos = lock.activeNanos(); // it answers: others that wait for it have their time again
        for (int i = 0; i < dropped.ids().size(); i++) {
            String fault = dropped(dropped.ids().get(i), dropped.from().get(i));
            if (fault != null) {
                return fault;
            }
        }
        QueuedCall condemned = worker.condemned;
        if (condemned != null && worker.recalls == 0) {
            interrupts.execute(worker, condemned);
        }
        dispatcher.advance(worker);
        return null;
    }

    private @Nullable String dropped(long id, int from) {
        QueuedCall call = worker.held.get(id);
        if (call == null) {
            return "it gave back call " + id + ", which it does not hold";
        }
        if (call instanceof Chunk chunk) {
            return chunks.dropped(chunk, from);
        }
        worker.held.remove(id);
        worker.assigned--;
        worker.load--;
        dispatcher.putBack(call, worker);
        return null;
    }

    private Failure failure(Message.Error error) {
        return switch (error.type()) {
            case "value-not-json" -> new Failure.ValueNotJson(error.message());
            case "value-too-large" -> new Failure.ValueTooLarge(valueLimit);
            case "unknown-function" -> new Failure.FunctionMissing();
            default ->
                new Failure.Raised(
                        error.exception() == null ? "unknown" : error.exception(),
                        error.message(),
                        error.traceback() == null ? "" : error.traceback(),
                        error.exitCode(),
                        error.signal());
        };
    }

    /** How a function failed, as the continuation of "it ". */
    private static String sentence(Failure failure) {
        return switch (failure) {
            case Failure.Raised(String exception, String message, var traceback, var exitCode, var signal) ->
                "raised " + exception + (message.isBlank() ? "" : ": " + cut(message));
            case Failure.ValueNotJson(String message) -> "returned what is no JSON: " + cut(message);
            case Failure.FunctionMissing() -> "is no function that it has";
            case Failure.ValueTooLarge(long limit) -> "returned a value of more than " + limit + " bytes";
            default -> "failed";
        };
    }

    private static String cut(String message) {
        return message.length() <= MESSAGE_KEPT ? message : message.substring(0, MESSAGE_KEPT) + "...";
    }

    @Override
    public void ended(ExitStatus status, @Nullable String fault, String lastWords) {
        lock.take(() -> {
            StopReason reason = termination.gone(worker, status, fault);
            backoff.explain(worker, lastWords);
            Failure lost = new Failure.WorkerLost(status.code(), status.signal(), reason(reason, status, lastWords));
            List<QueuedCall> held = new ArrayList<>(worker.held.values());
            worker.held.clear();
            for (QueuedCall call : held) {
                dispatcher.left(call);
                if (call.state != QueuedCall.State.RUNNING || runsElsewhere(call)) {
                    dispatcher.putBack(call, worker);
                } else if (call instanceof Chunk chunk) {
                    lanes.lost(chunk, lost);
                } else {
                    ends.end(call, lost);
                }
            }
        });
    }

    /**
     * Whether the worker has died before the call could start. Limited, as the call itself may be what kills the
     * workers.
     */
    private boolean runsElsewhere(QueuedCall call) {
        return !worker.mayHaveStarted(call) && ++call.returns <= MOST_RETURNS;
    }

    private String reason(StopReason reason, ExitStatus status, String lastWords) {
        String who = "worker " + worker.id + " (pid " + worker.pid() + ") ";
        if (!reason.sentence().isEmpty()) {
            return who + reason.sentence();
        }
        Integer code = status.code();
        if (code != null && code == OUT_OF_MEMORY_EXIT && lastWords.contains("java.lang.OutOfMemoryError")) {
            return who + "ran out of memory and " + status.sentence();
        }
        Integer signal = status.signal();
        if (signal != null && signal == 9) {
            return who + status.sentence() + " from outside, perhaps for lack of memory";
        }
        return who + status.sentence();
    }
}
