@NullMarked
package dev.motorpool.detached.model;

import org.jspecify.annotations.NullMarked;
