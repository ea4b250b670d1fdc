package dev.motorpool.address;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where an http or https URL points, read one way only: what the guard judges is what is connected to.
 *
 * @param scheme {@code http} or {@code https}
 * @param host the name in lower case, or the address in its shortest form without brackets
 * @param port the port, the scheme's own where the URL names none
 * @param path path and query as they are sent, at least {@code /}
 * @param literal the address if the host is one, so that no name needs to be resolved
 */
public record WebTarget(
        String scheme,
        String host,
        int port,
        String path,
        @Nullable InetAddress literal) {

    /** Characters of a URL. */
    public static final int LONGEST_URL = 8192;

    private static final int LONGEST_HOST = 253;
    private static final int LONGEST_LABEL = 63;

    private static final Pattern NUMERIC = Pattern.compile("[0-9]+|0x[0-9a-f]*");
    private static final Pattern LABEL = Pattern.compile("[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?");
    private static final Pattern URL = Pattern.compile("(?is)(https?://[^/?#].*|(?!https?:)[a-z][a-z0-9+.-]*:.+)");
    private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");

    /** Whether the text has the form of a URL that points somewhere, whatever its scheme; else it is taken for a mistake. */
    public static boolean isUrl(String text) {
        return text.length() <= LONGEST_URL && URL.matcher(text).matches();
    }

    /**
     * Reads a URL without resolving anything.
     *
     * @throws IllegalArgumentException with a sentence, if it is none or not of a form that is taken
     */
    public static WebTarget parse(String url) {
        if (url.length() > LONGEST_URL) {
            throw new IllegalArgumentException("The URL is longer than " + LONGEST_URL + " characters.");
        }
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("It is not a URL: " + e.getReason() + " at index " + e.getIndex() + ".");
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new IllegalArgumentException("The URL must begin with http:// or https://.");
        }
        String authority = uri.getRawAuthority();
        if (authority == null || authority.isEmpty()) {
            throw new IllegalArgumentException("The URL names no host.");
        }
        if (authority.indexOf('@') >= 0) {
            throw new IllegalArgumentException("The URL must not hold a user name or a password.");
        }
        int bracket = authority.indexOf(']');
        int colon = authority.indexOf(':', Math.max(bracket, 0));
        String host = colon < 0 ? authority : authority.substring(0, colon);
        int port = colon < 0 ? defaultPort(scheme) : port(authority.substring(colon + 1), scheme);
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        if (uri.getRawQuery() != null) {
            path += "?" + uri.getRawQuery();
        }
        requireAscii(path);
        return host.startsWith("[")
                ? version6(scheme, host, port, path)
                : named(scheme, host.toLowerCase(Locale.ROOT), port, path);
    }

    /** Scheme, host and port, the same for all URLs that lead to the same server. */
    public String origin() {
        return scheme + "://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }

    private static WebTarget version6(String scheme, String host, int port, String path) {
        String inner = host.substring(1, host.length() - 1);
        if (!host.endsWith("]") || inner.indexOf('%') >= 0 || inner.indexOf(':') < 0) {
            throw new IllegalArgumentException("The host " + host + " is not an IPv6 address without a zone.");
        }
        InetAddress literal = InetAddress.ofLiteral(inner);
        return new WebTarget(scheme, Addresses.canonical(literal.getAddress()), port, path, literal);
    }

    private static WebTarget named(String scheme, String dotted, int port, String path) {
        String host = dotted.endsWith(".") ? dotted.substring(0, dotted.length() - 1) : dotted;
        requireName(host);
        String last = host.substring(host.lastIndexOf('.') + 1);
        if (!NUMERIC.matcher(last).matches()) {
            return new WebTarget(scheme, host, port, path, null);
        }
        byte[] address = LooseVersion4.parse(host);
        if (address == null) {
            throw new IllegalArgumentException("The host " + host + " is neither a name nor an IPv4 address.");
        }
        if (!Addresses.text(address).equals(host)) {
            throw new IllegalArgumentException("The host " + host + " is an unusual spelling of "
                    + Addresses.text(address) + "; write it that way.");
        }
        return new WebTarget(scheme, host, port, path, InetAddress.ofLiteral(host));
    }

    private static void requireName(String host) {
        if (host.isEmpty() || host.length() > LONGEST_HOST) {
            throw new IllegalArgumentException("The host must have 1 to " + LONGEST_HOST + " characters.");
        }
        for (String label : host.split("\\.", -1)) {
            if (label.length() > LONGEST_LABEL || !LABEL.matcher(label).matches()) {
                throw new IllegalArgumentException("The host " + host + " is not a name of letters, digits, hyphens and"
                        + " dots; write international names in their xn-- form.");
            }
        }
    }

    private static int port(String digits, String scheme) {
        if (digits.isEmpty()) {
            return defaultPort(scheme);
        }
        int port = PORT.matcher(digits).matches() ? Integer.parseInt(digits) : 0;
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("The port " + digits + " is not a number from 1 to 65535.");
        }
        return port;
    }

    private static int defaultPort(String scheme) {
        return scheme.equals("https") ? 443 : 80;
    }

    private static void requireAscii(String path) {
        if (path.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
            throw new IllegalArgumentException("The URL must be ASCII; write other characters percent-encoded.");
        }
    }
}
