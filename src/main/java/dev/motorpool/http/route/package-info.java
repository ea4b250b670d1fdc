/** Routes: what operations take, how requests are read and answers written. */
@NullMarked
package dev.motorpool.http.route;

import org.jspecify.annotations.NullMarked;
