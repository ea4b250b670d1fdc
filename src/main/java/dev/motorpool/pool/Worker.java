package dev.motorpool.pool;

import dev.motorpool.pool.process.WorkerLink;
import dev.motorpool.pool.settings.PoolSettings;
import dev.motorpool.runtime.WorkerShape;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * The pool's state of one worker process: its phase and the calls that it holds. Guarded by the pool's lock.
 *
 * <p>Phases: {@code STARTING -> READY -> STOPPING -> GONE}; {@code STARTING -> STOPPING} if it is killed before it was
 * ready; any to {@code GONE} when its process ends. A worker is {@code retiring} from the moment it takes no new calls.
 */
final class Worker {

    enum Phase {
        STARTING,
        READY,
        STOPPING,
        GONE
    }

    /** What waits for its reports. */
    final ReportBarrier reports = new ReportBarrier(this);

    final String id;
    final WorkerShape shape;
    /** The settings it was started with. */
    final PoolSettings settings;
    /** Whether it runs its calls one after another, in the order sent. */
    final boolean sequential;

    final Instant startedAt;
    final long startedNanos;

    long readyNanos;
    /** Counts the limited steps to readiness, so that the limit of an earlier step does nothing. */
    int startSteps;
    /** Failed rounds of starts when it became ready, or -1. They count again if it proves useless. */
    int failuresBefore = -1;

    private @Nullable WorkerLink link;

    /** Whether it reports which orders it has read before their calls can start; known with its hello. */
    boolean accepts;
    /** Whether it answers pings; known with its hello. */
    boolean pings;
    /** The name of its pool if it wants to be told what a function can ask, else null; known with its hello. */
    @Nullable
    String pool;
    /**
     * How many orders its messages have accepted. Written by the thread that reads its reports, without the pool's
     * lock.
     */
    volatile long accepted;
    /** The number of the latest order that gave it a call. */
    long given;
    /** Checks of {@link SilenceWatch} since its last report. */
    int quiet;
    /** The count of checks when it was sent a ping that it has not answered, or -1. */
    int pinged = -1;
    /** The count of checks when its processor time was noted, or -1. */
    int suspected = -1;
    /** Its processor time then; null if unknown. */
    @Nullable
    Duration spent;

    /** Since when it holds no call, while it holds none. */
    long idleNanos;

    @Nullable
    ProcessHandle handle;
    /** Its own process, if {@link #handle} is that of its sandbox, and once it is ready; else 0. */
    long inside;

    Phase phase = Phase.STARTING;
    boolean retiring;
    /** Whether it was there when all workers were to be replaced. */
    boolean outdated;
    /** Whether its pipe or its process has ended, and its end is about to be reported. */
    boolean closing;
    /** Why it ends; null until that is decided. */
    @Nullable
    StopReason reason;
    /** The calls that it holds by id, in the order sent. Ended calls stay until the worker releases them. */
    final SequencedMap<Long, QueuedCall> held = new LinkedHashMap<>();
    /** How many calls that is; items of chunks count one each, reported ones do not count. */
    int load;
    /** Held calls that ignored their interrupt. */
    int stuck;
    /** Calls sent to it, without those it gave back. */
    long assigned;
    /** Calls it has finished. */
    long finished;
    /** Requests to give calls back that it has not answered. */
    int recalls;
    /** When the oldest of these requests was sent, by {@code Timers#activeNanos}. */
    long recalledNanos;
    /** The worker is killed once the recalls are answered, if this call is then still at its head. */
    @Nullable
    QueuedCall condemned;

    StopReason condemnedBy = StopReason.CANCEL;
    /** Whether the call at its head runs longer than calls may that others are sent ahead behind. */
    boolean slow;
    /** Whether it is among the workers with a free slot in {@link Slots}. */
    boolean open;

    Worker(String id, WorkerShape shape, PoolSettings settings, boolean sequential, long nanos) {
        this.id = id;
        this.shape = shape;
        this.settings = settings;
        this.sequential = sequential;
        this.startedNanos = nanos;
        this.startedAt = Instant.now();
    }

    WorkerLink link() {
        WorkerLink attached = link;
        if (attached == null) {
            throw new IllegalStateException("worker " + id + " is not linked");
        }
        return attached;
    }

    void attach(WorkerLink itsLink) {
        link = itsLink;
    }

    boolean alive() {
        return phase == Phase.STARTING || phase == Phase.READY;
    }

    boolean takesCalls() {
        return phase == Phase.READY && !retiring && !closing;
    }

    @Nullable
    QueuedCall head() {
        Map.Entry<Long, QueuedCall> first = held.firstEntry();
        return first == null ? null : first.getValue();
    }

    /** The call that runs in it, or was given up while it ran; null if there is none, or more than one. */
    @Nullable
    QueuedCall onlyStarted() {
        QueuedCall head = head();
        boolean only = sequential || held.size() == 1;
        return only
                        && head != null
                        && mayHaveStarted(head)
                        && (head.state == QueuedCall.State.RUNNING || head.state == QueuedCall.State.ENDED)
                ? head
                : null;
    }

    /**
     * Whether a call that it holds may have started, apart from its turn in the order of the calls: a worker that
     * accepts calls has accepted it.
     */
    boolean mayHaveStarted(QueuedCall call) {
        return !accepts || call.order <= accepted();
    }

    /** Whether it was sent a call that it has not accepted. */
    boolean owesAcceptance() {
        return accepts && given > accepted();
    }

    /** How many orders it has accepted, by either way of reporting. */
    private long accepted() {
        return Math.max(accepted, link().accepted());
    }

    /** It has sent a report. */
    void heard() {
        quiet = 0;
        pinged = -1;
        suspected = -1;
    }

    long pid() {
        return handle == null || inside != 0 ? inside : handle.pid();
    }

    String state() {
        if (phase == Phase.STARTING) {
            return "starting";
        }
        if (phase == Phase.STOPPING || phase == Phase.GONE || retiring) {
            return "stopping";
        }
        return held.isEmpty() ? "idle" : "busy";
    }

    /** A snapshot for callers; its memory is not measured yet. */
    WorkerView view() {
        List<WorkerView.Running> running = held.values().stream()
                .filter(call -> call.state == QueuedCall.State.RUNNING)
                .map(call -> new WorkerView.Running(call.request.jobId(), call.request.tenant()))
                .toList();
        return new WorkerView(id, handle == null ? null : pid(), state(), running, finished, null, startedAt);
    }
}
