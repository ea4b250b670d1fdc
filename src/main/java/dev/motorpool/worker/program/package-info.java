/** Functions that are programs: executable files, run once a call. */
@NullMarked
package dev.motorpool.worker.program;

import org.jspecify.annotations.NullMarked;
