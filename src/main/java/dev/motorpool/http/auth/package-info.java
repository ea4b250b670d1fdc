/** The outermost filter: hosts, keys and rights. */
@NullMarked
package dev.motorpool.http.auth;

import org.jspecify.annotations.NullMarked;
