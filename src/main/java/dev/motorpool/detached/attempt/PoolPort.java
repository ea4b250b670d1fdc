package dev.motorpool.detached.attempt;

import dev.motorpool.pool.CallRequest;
import dev.motorpool.pool.Lane;
import dev.motorpool.pool.LaneRequest;
import dev.motorpool.pool.LaneResults;
import dev.motorpool.pool.PendingCall;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.PoolState;
import dev.motorpool.pool.RefusedException;

/** The part of a pool that detached jobs use. */
public interface PoolPort {

    String name();

    /** Whether this is the same pool, not another one with the same name. */
    boolean is(Pool pool);

    /** Whether the pool is paused. */
    boolean isPaused();

    /** Counts one more job that the pool must finish before it may close. */
    void admit() throws RefusedException;

    /** Counts jobs that were in the store at the start. */
    void restore(long jobs);

    /** Counts jobs that have ended. */
    void ended(long jobs);

    PendingCall submit(CallRequest request);

    Lane lane(LaneRequest request, LaneResults results);

    /** Takes back a call that was not given to a worker; false if it was. */
    boolean withdraw(PendingCall call);

    static PoolPort of(Pool pool) {
        return new PoolPort() {
            @Override
            public String name() {
                return pool.name();
            }

            @Override
            @SuppressWarnings("ReferenceEquality") // identity is intended
            public boolean is(Pool other) {
                return pool == other;
            }

            @Override
            public boolean isPaused() {
                return pool.view().state() == PoolState.PAUSED;
            }

            @Override
            public void admit() throws RefusedException {
                pool.admitDetached();
            }

            @Override
            public void restore(long jobs) {
                pool.restoreDetached(jobs);
            }

            @Override
            public void ended(long jobs) {
                pool.detachedEnded(jobs);
            }

            @Override
            public PendingCall submit(CallRequest request) {
                return pool.submitDetached(request);
            }

            @Override
            public Lane lane(LaneRequest request, LaneResults results) {
                return pool.laneDetached(request, results);
            }

            @Override
            public boolean withdraw(PendingCall call) {
                return pool.withdraw(call);
            }
        };
    }
}
