/** Hostile clients and resource shortages, against the service as the image starts it. */
@NullMarked
package dev.motorpool.hostile;

import org.jspecify.annotations.NullMarked;
