/** The functions directory: sources, what they announce, and the registry that follows them. */
@NullMarked
package dev.motorpool.source;

import org.jspecify.annotations.NullMarked;
