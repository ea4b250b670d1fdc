@NullMarked
package dev.motorpool.job;

import org.jspecify.annotations.NullMarked;
