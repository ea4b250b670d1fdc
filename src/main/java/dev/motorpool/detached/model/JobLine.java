package dev.motorpool.detached.model;

import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * The queue of jobs in one pool that a limit of running calls applies to: those of one tenant with such a limit, or
 * those of all other tenants.
 *
 * @param tenant null: all tenants without such a limit
 * @param limited the tenants with a limit
 */
public record JobLine(String pool, @Nullable String tenant, SortedSet<String> limited) {}
