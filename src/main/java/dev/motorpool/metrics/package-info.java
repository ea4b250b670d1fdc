/** Events of the pools as Micrometer meters. */
@NullMarked
package dev.motorpool.metrics;

import org.jspecify.annotations.NullMarked;
