/** Plug-ins: jars with functions, each loaded by a class loader of its own. */
@NullMarked
package dev.motorpool.worker.plugin;

import org.jspecify.annotations.NullMarked;
