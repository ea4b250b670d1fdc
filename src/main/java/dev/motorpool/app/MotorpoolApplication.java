package dev.motorpool.app;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The service's main class. */
@SpringBootApplication(scanBasePackages = {"dev.motorpool.app", "dev.motorpool.http"})
public class MotorpoolApplication {

    public static void main(String[] arguments) {
        SpringApplication.run(MotorpoolApplication.class, arguments);
    }
}
