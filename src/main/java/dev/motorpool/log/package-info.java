/** Logging: listeners that turn events into lines with structured fields. */
@NullMarked
package dev.motorpool.log;

import org.jspecify.annotations.NullMarked;
