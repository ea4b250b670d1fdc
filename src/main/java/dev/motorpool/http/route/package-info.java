/** Routes: inputs of operations, reading of requests, writing of answers. */
@NullMarked
package dev.motorpool.http.route;

import org.jspecify.annotations.NullMarked;
