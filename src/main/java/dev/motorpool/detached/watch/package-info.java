/** What happens to jobs, for those who watch them. */
@NullMarked
package dev.motorpool.detached.watch;

import org.jspecify.annotations.NullMarked;
