/** The store of detached jobs on SQLite. All SQL is here. */
@NullMarked
package dev.motorpool.store;

import org.jspecify.annotations.NullMarked;
