package dev.motorpool.app;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** The API's document is made when somebody asks for it: its library's beans cost a second of every start otherwise. */
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
