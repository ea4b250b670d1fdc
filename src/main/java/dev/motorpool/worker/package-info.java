/** The worker process: its main class and its slots, without Spring. */
@NullMarked
package dev.motorpool.worker;

import org.jspecify.annotations.NullMarked;
