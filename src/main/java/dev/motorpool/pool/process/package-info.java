/** Worker processes: started, watched, killed with all that they have started. */
@NullMarked
package dev.motorpool.pool.process;

import org.jspecify.annotations.NullMarked;
