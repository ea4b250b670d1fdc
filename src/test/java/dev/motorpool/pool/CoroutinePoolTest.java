package dev.motorpool.pool;

import dev.motorpool.pool.settings.PoolKind;

class CoroutinePoolTest extends PoolSemantics {

    CoroutinePoolTest() {
        super(PoolKind.COROUTINE);
    }
}
