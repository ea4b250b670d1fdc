package dev.motorpool.app;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/** Without API keys the service is for its own machine only: it refuses to start where others could reach it. */
final class Loopback {

    private static final String ACTION = "Set %s to 127.0.0.1, ::1 or localhost, or leave it out. To be reached from"
            + " elsewhere the service needs API keys: motorpool.security.keys.<name>.sha256 and .rights.";

    private Loopback() {}

    static void require(Environment environment) {
        require("server.address", environment.getProperty("server.address"));
        String managementPort = environment.getProperty("management.server.port");
        boolean ownPort =
                managementPort != null && !managementPort.equals(environment.getProperty("server.port", "8080"));
        String managementAddress = environment.getProperty("management.server.address");
        if (ownPort || managementAddress != null) {
            require("management.server.address", managementAddress);
        }
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
