/** Settings of pools: as given, checked, and in force. */
@NullMarked
package dev.motorpool.pool.settings;

import org.jspecify.annotations.NullMarked;
