/** Settings of the service: read, checked, refused with a sentence that says what to do. */
@NullMarked
package dev.motorpool.app.settings;

import org.jspecify.annotations.NullMarked;
