package dev.motorpool.function.signature;

/**
 * An argument that does not fit.
 *
 * @param pointer JSON Pointer into the call, such as {@code /args/0} or {@code /kwargs/n}
 * @param detail what is wrong and what would fit, as a sentence
 * @param address true if it is a URL that points where it must not
 */
public record ArgumentFault(String pointer, String detail, boolean address) {}
