package dev.motorpool.job;

import dev.motorpool.pool.Lane;
import dev.motorpool.pool.LaneRequest;
import dev.motorpool.pool.LaneResults;
import dev.motorpool.pool.RefusedException;

/** The part of a pool that maps and streams use. */
@FunctionalInterface
interface LaneOpener {

    Lane lane(LaneRequest request, LaneResults results) throws RefusedException;
}
