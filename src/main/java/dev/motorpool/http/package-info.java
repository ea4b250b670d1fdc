/** The HTTP layer: routes, strict request bodies, problem documents. */
@NullMarked
package dev.motorpool.http;

import org.jspecify.annotations.NullMarked;
