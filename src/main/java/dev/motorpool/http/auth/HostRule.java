package dev.motorpool.http.auth;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The host names by which the service may be called, and the origins that may call it. A web page must not be able to
 * use a service on a user's loopback interface: neither by a name bound to that address (DNS rebinding) nor by a
 * cross-origin request.
 */
public final class HostRule {

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final Set<String> names;
    private final boolean any;

    /**
     * @param configured names besides those of loopback
     * @param any whether every name is allowed: where API keys are required, no page can use the service without one
     */
    public HostRule(Set<String> configured, boolean any) {
        this.any = any;
        names = Stream.concat(LOOPBACK.stream(), configured.stream().map(name -> name.toLowerCase(Locale.ROOT)))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Whether the value of a {@code Host} header is an allowed name, with any port or none. */
    boolean allows(@Nullable String host) {
        if (host == null) {
            return false;
        }
        int colon = host.indexOf(':', host.startsWith("[") ? Math.max(0, host.indexOf(']')) : 0);
        if (colon >= 0 && !isPort(host, colon + 1)) {
            return false;
        }
        String name = colon < 0 ? host : host.substring(0, colon);
        return any || names.contains(name) || names.contains(name.toLowerCase(Locale.ROOT));
    }

    /** Whether the origin is the service's own, given the scheme and host of the request. */
    static boolean ownOrigin(String origin, String scheme, String host) {
        String usual = scheme.equals("https") ? ":443" : ":80";
        return withoutEnd(origin, usual).equalsIgnoreCase(scheme + "://" + withoutEnd(host, usual));
    }

    private static String withoutEnd(String text, String end) {
        return text.endsWith(end) ? text.substring(0, text.length() - end.length()) : text;
    }

    private static boolean isPort(String host, int from) {
        if (host.length() > from + 5) {
            return false;
        }
        for (int i = from; i < host.length(); i++) {
            if (host.charAt(i) < '0' || host.charAt(i) > '9') {
                return false;
            }
        }
        return host.length() == from || Integer.parseInt(host, from, host.length(), 10) <= 65_535;
    }
}
