package dev.motorpool.wire;

import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.wire.planted.PlantedCycle;
import org.springframework.util.StringUtils;

/** Breaks the arrows on purpose, so that the architecture test can show that it sees it. */
public final class PlantedViolation {

    public static String kind() {
        return StringUtils.capitalize(PoolKind.PROCESS.word());
    }

    public static Class<?> below() {
        return PlantedCycle.class;
    }

    private PlantedViolation() {}
}
