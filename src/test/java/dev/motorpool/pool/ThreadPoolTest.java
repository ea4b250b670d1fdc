package dev.motorpool.pool;

import dev.motorpool.pool.settings.PoolKind;
import org.junit.jupiter.api.Tag;

@Tag("service")
class ThreadPoolTest extends PoolSemantics {

    ThreadPoolTest() {
        super(PoolKind.THREAD);
    }
}
