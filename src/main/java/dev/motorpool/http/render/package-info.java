/** JSON of jobs, items and results. */
@NullMarked
package dev.motorpool.http.render;

import org.jspecify.annotations.NullMarked;
