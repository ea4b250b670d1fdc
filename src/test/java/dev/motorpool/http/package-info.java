@NullMarked
package dev.motorpool.http;

import org.jspecify.annotations.NullMarked;
