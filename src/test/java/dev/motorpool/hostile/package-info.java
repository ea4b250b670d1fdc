/** Clients and surroundings that mean harm, against the service as the image starts it. */
@NullMarked
package dev.motorpool.hostile;

import org.jspecify.annotations.NullMarked;
