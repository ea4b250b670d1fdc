package dev.motorpool.pool.process;

import dev.motorpool.pool.timer.Timers;
import dev.motorpool.runtime.ServiceMark;
import dev.motorpool.runtime.Spawner;

/**
 * What all worker processes of a service share.
 *
 * @param mark marks the workers
 * @param frameLimit bytes that a frame may have
 * @param spawner starts threads and processes
 * @param killer kills workers
 * @param timers outlive the workers
 */
public record WorkerHost(ServiceMark mark, int frameLimit, Spawner spawner, ProcessKiller killer, Timers timers) {}
