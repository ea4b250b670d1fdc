@NullMarked
package dev.motorpool.conform;

import org.jspecify.annotations.NullMarked;
