package dev.motorpool.app;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** Creates the beans of springdoc when Swagger UI is first opened. They would add a second to every start. */
final class LazyDocument implements BeanFactoryPostProcessor {

    private static final String LIBRARY = "org.springdoc.";

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        for (String name : beans.getBeanDefinitionNames()) {
            BeanDefinition bean = beans.getBeanDefinition(name);
            String origin = bean.getFactoryBeanName() != null ? bean.getFactoryBeanName() : bean.getBeanClassName();
            if (origin != null && origin.startsWith(LIBRARY)) {
                bean.setLazyInit(true);
            }
        }
    }
}
