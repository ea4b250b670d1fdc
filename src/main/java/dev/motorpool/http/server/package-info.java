/** Tomcat integration: connections, their limits and disconnects. */
@NullMarked
package dev.motorpool.http.server;

import org.jspecify.annotations.NullMarked;
