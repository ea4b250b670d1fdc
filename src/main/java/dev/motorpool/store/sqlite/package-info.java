/** The store of detached jobs on SQLite. */
@NullMarked
package dev.motorpool.store.sqlite;

import org.jspecify.annotations.NullMarked;
