/** The guard of outgoing addresses. */
@NullMarked
package dev.motorpool.address;

import org.jspecify.annotations.NullMarked;
