package dev.motorpool.pool;

/**
 * The owner of jobs. Jobs belong to the tenant of the API key that made them, and other tenants cannot see them.
 *
 * @param name {@code *} for the tenant that sees the jobs of all; no other tenant sees its jobs
 */
public record Tenant(String name) {

    /** The tenant of keys without a tenant, and of all callers if there are no keys. */
    public static final Tenant DEFAULT = new Tenant("default");

    /** The tenant that sees the jobs of all tenants. */
    public static final Tenant ALL = new Tenant("*");

    public boolean seesAll() {
        return name.equals(ALL.name);
    }

    /** Whether jobs of the tenant of this name are visible. */
    public boolean sees(String owner) {
        return seesAll() || name.equals(owner);
    }
}
