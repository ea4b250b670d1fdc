@NullMarked
package dev.motorpool.wire;

import org.jspecify.annotations.NullMarked;
