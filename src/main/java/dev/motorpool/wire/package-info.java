/** Frames between the service and a worker process: message types, codec, limits, version. Specified in docs/protocol.md. */
@NullMarked
package dev.motorpool.wire;

import org.jspecify.annotations.NullMarked;
