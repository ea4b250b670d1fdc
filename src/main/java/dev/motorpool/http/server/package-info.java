/** Tomcat: connections, their number and their ends. */
@NullMarked
package dev.motorpool.http.server;

import org.jspecify.annotations.NullMarked;
