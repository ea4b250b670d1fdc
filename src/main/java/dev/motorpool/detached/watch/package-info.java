/** Events of jobs, for their listeners. */
@NullMarked
package dev.motorpool.detached.watch;

import org.jspecify.annotations.NullMarked;
