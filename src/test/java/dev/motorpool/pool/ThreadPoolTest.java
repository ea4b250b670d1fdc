package dev.motorpool.pool;

import dev.motorpool.pool.settings.PoolKind;

class ThreadPoolTest extends PoolSemantics {

    ThreadPoolTest() {
        super(PoolKind.THREAD);
    }
}
