/** The operations of the API. */
@NullMarked
package dev.motorpool.http.api;

import org.jspecify.annotations.NullMarked;
