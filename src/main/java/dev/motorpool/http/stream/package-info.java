/** Streams over HTTP: lines and server-sent events. */
@NullMarked
package dev.motorpool.http.stream;

import org.jspecify.annotations.NullMarked;
