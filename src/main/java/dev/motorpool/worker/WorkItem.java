package dev.motorpool.worker;

/** An order to run in one slot: a call, or a chunk of calls. */
abstract class WorkItem {

    /** The id of the call or chunk. */
    abstract long id();

    /** Runs, on the current thread, what has not been taken back, and writes its reports. */
    abstract void perform();

    /** Reports that all its items failed instead of running, as there is no thread for it. */
    abstract void fail(Throwable noThread);

    /** Interrupts the item of this index if it runs. A call has the one item 0. */
    abstract void cancel(int index);

    /** Prevents the start of what has not started. Returns the index of the first such item, or -1 if there is none. */
    abstract int takeBack();
}
