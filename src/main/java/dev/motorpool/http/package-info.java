/** The HTTP contract: routes, strict bodies, problems. */
@NullMarked
package dev.motorpool.http;

import org.jspecify.annotations.NullMarked;
