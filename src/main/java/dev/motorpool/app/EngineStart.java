package dev.motorpool.app;

import dev.motorpool.app.settings.BootSettings;
import dev.motorpool.app.settings.MotorpoolSettings;
import dev.motorpool.app.settings.SettingsReader;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Checks the configuration and starts the engine, whose parts are beans, before any other bean is created. Named in {@code spring.factories}, so that
 * tests start as the program does.
 */
final class EngineStart implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    static final String BEAN = "engine";

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        ConfigurableEnvironment environment = context.getEnvironment();
        MotorpoolSettings settings = SettingsReader.read(environment);
        if (settings.security().keys().isEmpty()) {
            Loopback.require(environment);
        }
        BootSettings.require(environment);
        Port.requireFree(environment);
        Engine engine = Engine.start(settings);
        DefaultListableBeanFactory beans = (DefaultListableBeanFactory) context.getBeanFactory();
        beans.registerSingleton(BEAN, engine);
        beans.registerSingleton("functions", engine.functions);
        beans.registerSingleton("urls", engine.urls);
        beans.registerSingleton("webhookUrls", engine.webhookUrls());
        beans.registerSingleton("pools", engine.pools);
        beans.registerSingleton("directory", engine.directory);
        beans.registerSingleton("rejectionLog", engine.rejectionLog);
        beans.registerDisposableBean(BEAN, engine::close); // also if a later step of the start fails
    }
}
