package dev.motorpool.pool;

class CoroutinePoolTest extends PoolSemantics {

    CoroutinePoolTest() {
        super(PoolKind.COROUTINE);
    }
}
