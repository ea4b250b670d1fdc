package dev.motorpool.http.route;

import dev.motorpool.http.problem.Right;
import dev.motorpool.pool.Tenant;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/** An API key. It holds only hashes of the key; its name may be shown and logged. */
public final class ApiKey {

    private final String name;

    /** Several while a key is being replaced. Not modified. */
    private final List<byte[]> digests;

    private final Set<Right> rights;
    private final Caller caller;

    /**
     * @param tenant the owner of the jobs that it creates
     * @param sha256 SHA-256 of the key, in hexadecimal; several while it is being replaced
     */
    public ApiKey(String name, Tenant tenant, List<String> sha256, Set<Right> rights) {
        this.name = name;
        this.digests = sha256.stream().map(HexFormat.of()::parseHex).toList();
        this.rights = Set.copyOf(rights);
        this.caller = new Caller(tenant, name, rights.contains(Right.READ));
    }

    public String name() {
        return name;
    }

    /** The caller that sends this key. */
    Caller caller() {
        return caller;
    }

    public boolean may(Right right) {
        return rights.contains(right);
    }

    /** Whether this is the digest of the key, compared in constant time. */
    public boolean hasDigest(byte[] digest) {
        boolean same = false;
        for (byte[] each : digests) {
            same |= MessageDigest.isEqual(each, digest);
        }
        return same;
    }

    @Override
    public String toString() {
        return name;
    }
}
