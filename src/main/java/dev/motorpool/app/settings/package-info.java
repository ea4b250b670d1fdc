/** Settings of the service: binding, checks, and messages with remedies. */
@NullMarked
package dev.motorpool.app.settings;

import org.jspecify.annotations.NullMarked;
