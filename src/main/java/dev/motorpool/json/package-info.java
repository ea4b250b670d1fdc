/** Strict JSON parsing with limits, values as raw slices of text, and a JSON writer. */
@NullMarked
package dev.motorpool.json;

import org.jspecify.annotations.NullMarked;
