@NullMarked
package dev.motorpool.detached;

import org.jspecify.annotations.NullMarked;
