/** Which arguments functions take: definitions of functions, types, and the check of arguments. */
@NullMarked
package dev.motorpool.function.signature;

import org.jspecify.annotations.NullMarked;
