package dev.motorpool.app;

import dev.motorpool.app.settings.InvalidConfigurationException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.springframework.core.env.Environment;

/** Reports a port in use before anything is started. Tomcat would detect that only at the end of the start. */
final class Port {

    private static final int MOST = 65_535;

    private Port() {}

    static void requireFree(Environment environment) {
        String address = environment.getProperty("server.address", "127.0.0.1");
        String port = environment.getProperty("server.port", "8080");
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > MOST) {
            return; // any port, or a value that Spring rejects
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(address, Integer.parseInt(port)));
        } catch (IOException e) {
            throw new InvalidConfigurationException(
                    "The service cannot listen on " + address + ":" + port + ": " + e.getMessage() + ".",
                    "Stop the program that does, or choose another port with server.port.");
        }
    }
}
