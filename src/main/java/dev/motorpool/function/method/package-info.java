/** Functions that are Java methods: how they are read, called, and how their values become JSON. */
@NullMarked
package dev.motorpool.function.method;

import org.jspecify.annotations.NullMarked;
