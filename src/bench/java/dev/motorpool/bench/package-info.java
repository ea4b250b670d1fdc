/**
 * The benchmark: {@code ./mvnw -q -Pbench verify}. Each class that implements {@link dev.motorpool.bench.Measurement}
 * measures some rows of one table; everything a row compares is measured in the same run, in turns.
 */
@NullMarked
package dev.motorpool.bench;

import org.jspecify.annotations.NullMarked;
