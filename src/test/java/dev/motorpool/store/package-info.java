@NullMarked
package dev.motorpool.store;

import org.jspecify.annotations.NullMarked;
