package dev.motorpool.address;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps outgoing requests away from addresses that are not global, unless their network is allowed. URLs are judged
 * without resolving names; the addresses of a name are judged when it is resolved, by whoever connects, and exactly
 * what was judged is connected to. Immutable.
 */
public final class AddressGuard {

    private static final String LOCALHOST = "localhost";
    private static final byte[] LOOPBACK_4 = {127, 0, 0, 1};
    private static final byte[] LOOPBACK_6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    private final List<Network> allowed;
    private final String setting;

    /**
     * A guard that lets global addresses through, and those of the networks.
     *
     * @param setting the setting that holds {@code allowed}; sentences name it
     */
    public AddressGuard(List<Network> allowed, String setting) {
        this.allowed = List.copyOf(allowed);
        this.setting = setting;
    }

    /** What is wrong with a URL, as a sentence; null if nothing is, as far as can be told without resolving names. */
    public @Nullable String objection(String url) {
        WebTarget target;
        try {
            target = WebTarget.parse(url);
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
        return objection(target);
    }

    /** As {@link #objection(String)}, for a URL that has been read. */
    public @Nullable String objection(WebTarget target) {
        InetAddress literal = target.literal();
        if (literal != null) {
            return objection(literal);
        }
        boolean local = target.host().equals(LOCALHOST) || target.host().endsWith("." + LOCALHOST);
        if (local && !isAllowed(LOOPBACK_4) && !isAllowed(LOOPBACK_6)) {
            return refusal(target.host(), "a name of loopback addresses");
        }
        return null;
    }

    /** What is wrong with connecting to an address, as a sentence; null if nothing is. */
    public @Nullable String objection(InetAddress address) {
        byte[] bytes = address.getAddress();
        String reason = reason(bytes);
        return reason == null ? null : refusal(Addresses.text(bytes), reason);
    }

    /**
     * Those of the addresses of a host that may be connected to.
     *
     * @param all at least one
     * @throws ForbiddenAddressException if none of them may be
     */
    public InetAddress[] permitted(InetAddress[] all) throws ForbiddenAddressException {
        List<InetAddress> permitted = new ArrayList<>();
        String objection = "";
        for (InetAddress address : all) {
            String found = objection(address);
            if (found == null) {
                permitted.add(address);
            } else {
                objection = found;
            }
        }
        if (permitted.isEmpty()) {
            throw new ForbiddenAddressException(objection);
        }
        return permitted.toArray(InetAddress[]::new);
    }

    private @Nullable String reason(byte[] address) {
        if (isAllowed(address)) {
            return null;
        }
        String special = AddressClass.special(address);
        if (special != null) {
            return special;
        }
        for (byte[] inner : AddressClass.embedded(address)) {
            String reason = reason(inner);
            if (reason != null) {
                return "an address that holds " + Addresses.text(inner) + ", " + reason;
            }
        }
        return null;
    }

    private String refusal(String what, String reason) {
        return what + " is " + reason + ", which is refused unless " + setting + " allows its network.";
    }

    private boolean isAllowed(byte[] address) {
        for (Network network : allowed) {
            if (network.contains(address)) {
                return true;
            }
        }
        return false;
    }
}
