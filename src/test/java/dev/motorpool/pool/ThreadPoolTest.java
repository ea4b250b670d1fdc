package dev.motorpool.pool;

class ThreadPoolTest extends PoolSemantics {

    ThreadPoolTest() {
        super(PoolKind.THREAD);
    }
}
