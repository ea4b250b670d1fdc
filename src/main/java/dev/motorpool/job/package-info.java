/** Jobs and the verbs that make them. */
@NullMarked
package dev.motorpool.job;

import org.jspecify.annotations.NullMarked;
