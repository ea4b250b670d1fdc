@NullMarked
package dev.motorpool.worker;

import org.jspecify.annotations.NullMarked;
