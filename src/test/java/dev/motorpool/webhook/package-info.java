@NullMarked
package dev.motorpool.webhook;

import org.jspecify.annotations.NullMarked;
