/** How a worker process is started: the built-in Java worker with its AOT cache, and commands from the configuration. */
@NullMarked
package dev.motorpool.runtime;

import org.jspecify.annotations.NullMarked;
