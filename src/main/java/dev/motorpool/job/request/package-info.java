/** Calls as clients send them: read and checked. */
@NullMarked
package dev.motorpool.job.request;

import org.jspecify.annotations.NullMarked;
