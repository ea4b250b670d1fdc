package dev.motorpool.http.auth;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * By which names the service may be called, and from which pages: a web page must not be able to use a service on
 * somebody's loopback, neither by a name that was bound to that address nor by a request to another origin.
 */
public final class HostRule {

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final Set<String> names;
    private final boolean any;

    /**
     * @param configured names besides those of loopback
     * @param any whether every name will do: where API keys are needed no page can use the service without one
     */
    public HostRule(Set<String> configured, boolean any) {
        this.any = any;
        names = Stream.concat(LOOPBACK.stream(), configured.stream().map(name -> name.toLowerCase(Locale.ROOT)))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Whether the value of a {@code Host} header is a known name, with any port or none. */
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

    /** Whether a page of this origin is the service's own, which was called by this scheme and this name. */
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
