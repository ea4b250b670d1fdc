package dev.motorpool.function;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a method a function that clients can call by name. The method is public. It is static, or its class is public
 * and has a public constructor without parameters: then each worker makes one instance.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Function {

    /** The name in the API; empty: the method's name. */
    String name() default "";

    /** One or two sentences for people who list the functions. */
    String description() default "";

    /** What the function spends its time on: it selects the pool of calls that name none. */
    Workload workload() default Workload.CPU;

    /** The pool of calls that name none; empty: by the workload. */
    String pool() default "";

    /** Time limit in seconds of calls that give none; 0: none. */
    double timeout() default 0;

    /** Retries of detached jobs that do not say how many; negative: the service's default. */
    int retries() default -1;

    /** Seconds before the first retry, for detached jobs that do not say; negative: the service's default. */
    double retryDelay() default -1;

    /** Priority of calls that give none. */
    int priority() default 0;
}
