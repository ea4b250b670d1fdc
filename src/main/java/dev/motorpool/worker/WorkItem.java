package dev.motorpool.worker;

/** What was ordered to run in one slot: a call, or a chunk of them. */
abstract class WorkItem {

    /** The id of the call or chunk. */
    abstract long id();

    /** Runs, on the current thread, what has not been taken back, and writes its reports. */
    abstract void perform();

    /** Reports that it failed, all items of it, instead of running: there is no thread for it. */
    abstract void fail(Throwable noThread);

    /** Interrupts the item of this index, if it runs; a call is the item 0 of itself. */
    abstract void cancel(int index);

    /** Keeps what has not started from starting; answers the index of the first such item, or -1 if there is none. */
    abstract int takeBack();
}
