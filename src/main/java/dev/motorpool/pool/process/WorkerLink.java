package dev.motorpool.pool.process;

import dev.motorpool.runtime.WorkerCommand;
import dev.motorpool.wire.Message;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A worker as the pool reaches it. {@link WorkerProcess} is the real one. */
public interface WorkerLink {

    /** Begins the worker's life; at most once. Everything else happens on threads of its own. */
    void start();

    /**
     * Queues an order for the worker; lost if the worker ends first. Never waits.
     *
     * @return its number among the worker's orders, from 1, as {@link Message.Accepted} counts them
     */
    long send(Message.Order order);

    /** How many orders the worker has stored as accepted; 0 if it stores none. */
    long accepted();

    /** Kills the worker and its children, now or as soon as it exists. */
    void kill();

    /** Hears what the worker does, one event after another. */
    interface Listener {
        void spawned(ProcessHandle process);

        void received(List<Message.Report> reports);

        /** The worker says nothing more, or has exited: it takes no orders any more. May come more than once. */
        void closing();

        /**
         * The last event.
         *
         * @param status how the process ended
         * @param fault what was wrong with it (not started, broken protocol), or null
         * @param lastWords the end of what it printed
         */
        void ended(ExitStatus status, @Nullable String fault, String lastWords);
    }

    /** Makes links. */
    @FunctionalInterface
    interface Factory {
        WorkerLink link(String workerId, Callable<WorkerCommand> command, Listener listener);
    }
}
