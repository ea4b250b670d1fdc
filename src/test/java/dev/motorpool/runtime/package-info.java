@NullMarked
package dev.motorpool.runtime;

import org.jspecify.annotations.NullMarked;
