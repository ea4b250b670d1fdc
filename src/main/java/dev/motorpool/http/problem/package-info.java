/** Problems (RFC 9457): what is answered when something is wrong. */
@NullMarked
package dev.motorpool.http.problem;

import org.jspecify.annotations.NullMarked;
