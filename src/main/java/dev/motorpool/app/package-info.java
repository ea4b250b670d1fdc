/** The program: configuration, wiring, start and shutdown. */
@NullMarked
package dev.motorpool.app;

import org.jspecify.annotations.NullMarked;
