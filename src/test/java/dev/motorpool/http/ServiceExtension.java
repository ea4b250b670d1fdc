package dev.motorpool.http;

import dev.motorpool.app.MotorpoolApplication;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.FileSystemUtils;

/** One running service, with real workers, for all tests with a {@link CheckedClient} parameter. */
final class ServiceExtension implements ParameterResolver {

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(Service.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == CheckedClient.class || type == Service.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Service service =
                context.getRoot().getStore(NAMESPACE).computeIfAbsent("service", key -> new Service(), Service.class);
        return parameter.getParameter().getType() == Service.class ? service : service.client();
    }

    /** The service of the tests. */
    static final class Service implements AutoCloseable {

        private final Path data;
        private final ConfigurableApplicationContext context;
        private final CheckedClient client;

        Service(String... settings) {
            this(temporary(), settings);
        }

        private static Path temporary() {
            try {
                return Files.createTempDirectory("motorpool-http");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** @param data its data directory, which {@link #close} deletes */
        Service(Path data, String... settings) {
            this.data = data;
            String[] arguments = new String[settings.length + 6];
            arguments[0] = "--server.port=0";
            arguments[1] = "--motorpool.data-dir=" + data;
            arguments[2] = "--motorpool.demo-functions=true";
            arguments[3] = "--motorpool.pools.processes.size=2";
            arguments[4] = "--motorpool.pools.threads.size=8";
            arguments[5] = "--motorpool.http.body-timeout=2";
            System.arraycopy(settings, 0, arguments, 6, settings.length);
            context = SpringApplication.run(MotorpoolApplication.class, arguments);
            int port = Integer.parseInt(
                    Objects.requireNonNull(context.getEnvironment().getProperty("local.server.port")));
            try {
                client = new CheckedClient(port, new OpenApiChecks(OpenApiChecks.FILE));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        CheckedClient client() {
            return client;
        }

        <T> T part(Class<T> type) {
            return context.getBean(type);
        }

        /** Ends the service, and leaves its data. */
        void stop() {
            context.close();
        }

        @Override
        public void close() throws IOException {
            context.close();
            FileSystemUtils.deleteRecursively(data);
        }
    }
}
