package dev.motorpool.json;

/** A text that is not JSON as the service takes it; the message says what and where, as a sentence. */
public final class MalformedJsonException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String pointer;
    private final int offset;

    MalformedJsonException(String pointer, int offset, String message) {
        // Hostile input decides how often this is made: a stack trace would cost more than the reading.
        super(message, null, false, false);
        this.pointer = pointer;
        this.offset = offset;
    }

    /** JSON Pointer to the value that is wrong, or to the innermost one around the place. */
    public String pointer() {
        return pointer;
    }

    /** Index of the first wrong byte, counted from the start of the text. */
    public int offset() {
        return offset;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
