/** Time limits on a clock that stands still while the service does. */
@NullMarked
package dev.motorpool.pool.timer;

import org.jspecify.annotations.NullMarked;
