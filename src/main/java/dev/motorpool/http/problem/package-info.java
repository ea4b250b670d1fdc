/** Problem documents (RFC 9457): the error answers of the API. */
@NullMarked
package dev.motorpool.http.problem;

import org.jspecify.annotations.NullMarked;
