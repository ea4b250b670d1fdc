package dev.motorpool.app;

import java.util.Arrays;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;

/** The service's main class. Errors get their form from the {@code http} package, not from Boot's error page. */
@SpringBootApplication(
        scanBasePackages = {"dev.motorpool.app", "dev.motorpool.http"},
        exclude = ErrorMvcAutoConfiguration.class)
public class MotorpoolApplication {

    public static void main(String[] arguments) {
        if (arguments.length > 0 && arguments[0].equals(BackupCommand.NAME)) {
            System.exit(
                    BackupCommand.run(Arrays.asList(arguments).subList(1, arguments.length), System.out, System.err));
        }
        OutOfMemory.ends();
        // It would load libraries in the background that this program does not use, on processors that workers start
        // on.
        System.setProperty("spring.backgroundpreinitializer.ignore", "true");
        try {
            SpringApplication.run(MotorpoolApplication.class, arguments);
        } catch (SpringApplication.AbandonedRunException toldToStop) {
            // While it started; whoever told it sees to the end.
        }
    }
}
