package dev.motorpool.app;

import java.util.Arrays;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;

/** The service's main class. The {@code http} package formats errors, not Boot's error page. */
@SpringBootApplication(
        scanBasePackages = {"dev.motorpool.app", "dev.motorpool.http"},
        exclude = ErrorMvcAutoConfiguration.class)
public class MotorpoolApplication {

    public static void main(String[] arguments) {
        if (arguments.length > 0 && arguments[0].equals(BackupCommand.NAME)) {
            System.exit(
                    BackupCommand.run(Arrays.asList(arguments).subList(1, arguments.length), System.out, System.err));
        }
        if (arguments.length > 0 && arguments[0].equals(FunctionsCommand.NAME)) {
            System.exit(FunctionsCommand.run(
                    Arrays.asList(arguments).subList(1, arguments.length), System.out, System.err));
        }
        if (arguments.length > 0 && arguments[0].equals(ConformCommand.NAME)) {
            System.exit(
                    ConformCommand.run(Arrays.asList(arguments).subList(1, arguments.length), System.out, System.err));
        }
        OutOfMemory.ends();
        // It would load unused libraries in the background, on the processors that workers start on.
        System.setProperty("spring.backgroundpreinitializer.ignore", "true");
        try {
            SpringApplication.run(MotorpoolApplication.class, arguments);
        } catch (SpringApplication.AbandonedRunException toldToStop) {
            // The service was stopped during its start; the stopping thread ends the process.
        }
    }
}
