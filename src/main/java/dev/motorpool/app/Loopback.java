package dev.motorpool.app;

import dev.motorpool.app.settings.InvalidConfigurationException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/**
 * Without API keys the service accepts local connections only: refuses to start on an address that other machines can
 * reach.
 */
final class Loopback {

    private static final String ACTION = "Set %s to 127.0.0.1, ::1 or localhost, or leave it out. To be reached from"
            + " elsewhere the service needs API keys: motorpool.security.keys.<name>.sha256 and .rights.";

    private static final Pattern NEGATIVE = Pattern.compile("\\s*-[0-9]*[1-9][0-9]*\\s*");

    private static final Pattern ZERO = Pattern.compile("\\s*[+-]?0+\\s*");

    private Loopback() {}

    static void require(Environment environment) {
        require("server.address", environment.getProperty("server.address"));
        String managementPort = environment.getProperty("management.server.port");
        // Two ports of 0 are different ports.
        boolean ownPort = managementPort != null
                && (!managementPort.equals(environment.getProperty("server.port", "8080"))
                        || ZERO.matcher(managementPort).matches());
        String managementAddress = environment.getProperty("management.server.address");
        if (!isOff(managementPort) && (ownPort || managementAddress != null)) {
            require("management.server.address", managementAddress);
        }
    }

    /** A negative port disables the actuator's port in Spring Boot. */
    private static boolean isOff(@Nullable String port) {
        return port != null && NEGATIVE.matcher(port).matches();
    }

    private static void require(String key, @Nullable String address) {
        if (address == null || address.isBlank()) {
            throw new InvalidConfigurationException(
                    key + " is empty, which would open the service to every network of this machine.",
                    ACTION.formatted(key));
        }
        boolean loopback;
        try {
            loopback = true;
            for (InetAddress each : InetAddress.getAllByName(address)) {
                loopback &= each.isLoopbackAddress();
            }
        } catch (UnknownHostException e) {
            throw new InvalidConfigurationException(
                    key + " is " + address + ", which is no address of this machine.", ACTION.formatted(key));
        }
        if (!loopback) {
            throw new InvalidConfigurationException(
                    key + " is " + address + ", which is not a loopback address.", ACTION.formatted(key));
        }
    }
}
