package dev.motorpool.pool;

import dev.motorpool.pool.settings.PoolKind;
import org.junit.jupiter.api.Tag;

@Tag("slow")
class CoroutinePoolTest extends PoolSemantics {

    CoroutinePoolTest() {
        super(PoolKind.COROUTINE);
    }
}
