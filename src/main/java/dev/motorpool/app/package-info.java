/** The program: configuration, wiring, start and end. */
@NullMarked
package dev.motorpool.app;

import org.jspecify.annotations.NullMarked;
