/** The worker process: its main, its slots, and nothing of Spring. */
@NullMarked
package dev.motorpool.worker;

import org.jspecify.annotations.NullMarked;
