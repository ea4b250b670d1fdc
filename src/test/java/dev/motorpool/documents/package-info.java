/** Tests of the README and of the pages in {@code docs/}: their commands, links and line lengths. */
@NullMarked
package dev.motorpool.documents;

import org.jspecify.annotations.NullMarked;
