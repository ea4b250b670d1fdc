package dev.motorpool.bench;

import dev.motorpool.app.MotorpoolApplication;
import dev.motorpool.app.WithoutMetrics;
import dev.motorpool.http.EchoRoute;
import org.springframework.boot.SpringApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** The service, with the benchmark's own controllers. */
@Import({BenchController.class, WithoutMetrics.class})
public class BenchService {

    public static void main(String[] arguments) {
        new SpringApplication(MotorpoolApplication.class, BenchService.class).run(arguments);
    }

    @Bean
    static EchoRoute echoRoute() {
        return new EchoRoute();
    }
}
