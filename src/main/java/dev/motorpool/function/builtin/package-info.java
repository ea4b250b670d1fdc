/** The functions that come with Motorpool. */
@NullMarked
package dev.motorpool.function.builtin;

import org.jspecify.annotations.NullMarked;
