/** What authors of functions see, and what the service knows of a function: its name, schema and arguments. */
@NullMarked
package dev.motorpool.function;

import org.jspecify.annotations.NullMarked;
