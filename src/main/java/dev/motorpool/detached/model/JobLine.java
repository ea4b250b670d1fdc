package dev.motorpool.detached.model;

import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * Jobs of one pool that wait for each other, in the order of the queue: those of one tenant that may have only so many
 * calls running, or those of all other tenants.
 *
 * @param tenant null: all tenants without such a limit
 * @param limited the tenants with one
 */
public record JobLine(String pool, @Nullable String tenant, SortedSet<String> limited) {}
