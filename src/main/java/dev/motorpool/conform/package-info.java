/** The conformance kit: one test for each MUST of docs/protocol.md, for workers in any language. */
@NullMarked
package dev.motorpool.conform;

import org.jspecify.annotations.NullMarked;
