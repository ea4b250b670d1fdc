/** Group commit: one thread writes the changes of many callers in few transactions. */
@NullMarked
package dev.motorpool.detached.commit;

import org.jspecify.annotations.NullMarked;
