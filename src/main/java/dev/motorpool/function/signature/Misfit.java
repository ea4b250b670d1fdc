package dev.motorpool.function.signature;

/**
 * Why a value does not fit a type.
 *
 * @param path JSON Pointer from the value that was checked to the one that is wrong; empty if that is the same
 * @param detail the rest of a sentence that begins with the value: {@code must be an integer, not a string}
 * @param address whether it is a URL that points where it must not
 */
public record Misfit(String path, String detail, boolean address) {

    Misfit(String detail) {
        this("", detail, false);
    }

    /** The same misfit seen from a container around the value. */
    Misfit under(String segment) {
        return new Misfit(segment + path, detail, address);
    }
}
