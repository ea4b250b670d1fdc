/** Values: jobs, attempts, results and deliveries as they are stored and shown. */
@NullMarked
package dev.motorpool.detached.model;

import org.jspecify.annotations.NullMarked;
