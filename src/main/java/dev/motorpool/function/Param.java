package dev.motorpool.function;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What clients must know of a parameter besides its type. Without it every call must give the argument. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface Param {

    /** The name in the API; empty: the parameter's name in snake_case. */
    String name() default "";

    /** A phrase or a sentence for people who call the function. */
    String description() default "";

    /**
     * The value, as JSON text, where a call gives none; empty: every call must give one. A parameter that is no
     * primitive and has the default {@code null} also takes {@code null}.
     */
    String defaultValue() default "";

    /** The least number that is taken, as a JSON number; empty: what the type holds. */
    String minimum() default "";

    /** The greatest number that is taken, as a JSON number; empty: what the type holds. */
    String maximum() default "";

    /** The least length of a string, in code points. */
    int minLength() default 0;

    /** The greatest length of a string, in code points. */
    int maxLength() default Integer.MAX_VALUE;

    /** Whether a string is a URL that the function will connect to. */
    boolean url() default false;
}
