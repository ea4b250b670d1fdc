/** JSON text as the service reads it everywhere: strict, with its limits, and as raw slices that keep their digits. */
@NullMarked
package dev.motorpool.json;

import org.jspecify.annotations.NullMarked;
