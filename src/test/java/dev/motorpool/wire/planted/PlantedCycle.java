package dev.motorpool.wire.planted;

import dev.motorpool.wire.PlantedViolation;

/** Uses a class of the package above, which uses this one: the architecture's test has to find the cycle. */
public final class PlantedCycle {

    public static Class<?> back() {
        return PlantedViolation.class;
    }

    private PlantedCycle() {}
}
