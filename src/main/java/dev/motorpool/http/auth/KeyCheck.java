package dev.motorpool.http.auth;

import dev.motorpool.http.problem.Problem;
import dev.motorpool.http.problem.ProblemException;
import dev.motorpool.http.problem.Right;
import dev.motorpool.http.route.ApiKey;
import dev.motorpool.job.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the API key that a request carries and checks its rights. Each check compares all keys, whichever matches. What
 * a client sent as a key is never answered or logged.
 */
public final class KeyCheck {

    private static final String SCHEME = "Bearer ";
    private static final String HOW = " Send it as 'Authorization: Bearer' or as 'X-API-Key'.";

    private final List<ApiKey> keys;
    private final RejectionEvents rejections;

    /** @param keys empty: every caller may do everything */
    public KeyCheck(List<ApiKey> keys, RejectionEvents rejections) {
        this.keys = List.copyOf(keys);
        this.rejections = rejections;
    }

    /** Whether a key is required. */
    boolean needed() {
        return !keys.isEmpty();
    }

    /**
     * Finds the request's key.
     *
     * @param right the right required; null: any key is enough
     * @return null if no key is required
     */
    @Nullable
    ApiKey check(HttpServletRequest request, @Nullable Right right) throws ProblemException {
        if (!needed()) {
            return null;
        }
        ApiKey key = find(sent(request, right), right);
        if (right != null && !key.may(right)) {
            rejections.refused("forbidden", key.name());
            throw new ProblemException(
                    Problem.of(ProblemType.FORBIDDEN, "The API key does not have the right '" + right.word() + "'.")
                            .with("right", right.word()));
        }
        return key;
    }

    private ApiKey find(String secret, @Nullable Right right) throws ProblemException {
        byte[] digest = digest(secret);
        ApiKey found = null;
        for (ApiKey key : keys) {
            if (key.hasDigest(digest)) {
                found = key;
            }
        }
        if (found == null) {
            throw unauthorized("The API key is not known.", right);
        }
        return found;
    }

    private String sent(HttpServletRequest request, @Nullable Right right) throws ProblemException {
        String authorization = only(request, "Authorization", right);
        String key = only(request, "X-API-Key", right);
        if (authorization != null && key != null) {
            throw unauthorized("Send the API key once.", right);
        }
        if (key != null) {
            return key;
        }
        if (authorization == null) {
            throw unauthorized("This needs an API key." + HOW, right);
        }
        if (!authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw unauthorized("The header Authorization has another scheme than Bearer." + HOW, right);
        }
        return authorization.substring(SCHEME.length()).strip();
    }

    private @Nullable String only(HttpServletRequest request, String header, @Nullable Right right)
            throws ProblemException {
        Enumeration<String> values = request.getHeaders(header);
        String first = values.hasMoreElements() ? values.nextElement() : null;
        if (values.hasMoreElements()) {
            throw unauthorized("The header " + header + " is given more than once.", right);
        }
        return first;
    }

    private ProblemException unauthorized(String detail, @Nullable Right right) {
        rejections.refused("unauthorized", null);
        return new ProblemException(
                Problem.of(ProblemType.UNAUTHORIZED, detail).with("right", right == null ? null : right.word()));
    }

    private static byte[] digest(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.ISO_8859_1));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
