/** What the service tells in its log: listeners that turn events into lines, each with its facts as fields. */
@NullMarked
package dev.motorpool.log;

import org.jspecify.annotations.NullMarked;
