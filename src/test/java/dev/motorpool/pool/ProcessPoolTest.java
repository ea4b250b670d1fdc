package dev.motorpool.pool;

class ProcessPoolTest extends PoolSemantics {

    ProcessPoolTest() {
        super(PoolKind.PROCESS);
    }
}
