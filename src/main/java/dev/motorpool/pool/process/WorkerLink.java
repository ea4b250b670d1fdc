package dev.motorpool.pool.process;

import dev.motorpool.runtime.WorkerCommand;
import dev.motorpool.wire.Message;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The pool's connection to a worker. {@link WorkerProcess} is the real one. */
public interface WorkerLink {

    /** Starts the worker; called at most once. Everything else happens on other threads. */
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

    /** Listens to the worker. The events come one after another. */
    interface Listener {
        void spawned(ProcessHandle process);

        void received(List<Message.Report> reports);

        /**
         * The worker's output or the worker itself has ended: it takes no more orders. May be called more than once.
         */
        void closing();

        /**
         * The last event.
         *
         * @param status how the process ended
         * @param fault what was wrong with it (not started, broken protocol), or null
         * @param lastWords the end of its output
         */
        void ended(ExitStatus status, @Nullable String fault, String lastWords);
    }

    /** Makes links. */
    @FunctionalInterface
    interface Factory {
        WorkerLink link(String workerId, Callable<WorkerCommand> command, Listener listener);
    }
}
