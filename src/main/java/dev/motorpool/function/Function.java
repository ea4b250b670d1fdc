package dev.motorpool.function;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Makes a public static method a function that clients can call by name. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Function {

    /** The name in the API; empty: the method's name. */
    String name() default "";

    /** One or two sentences for people who list the functions. */
    String description();

    Workload workload();
}
