package dev.motorpool.json;

/** A text is not valid JSON within the service's limits. The message is a sentence that says what is wrong and where. */
public final class MalformedJsonException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String pointer;
    private final int offset;

    MalformedJsonException(String pointer, int offset, String message) {
        // Hostile input decides how often this is thrown: a stack trace would cost more than the parsing.
        super(message, null, false, false);
        this.pointer = pointer;
        this.offset = offset;
    }

    /** JSON Pointer to the wrong value, or to the innermost one around the wrong byte. */
    public String pointer() {
        return pointer;
    }

    /** Index of the first wrong byte in the text. */
    public int offset() {
        return offset;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
