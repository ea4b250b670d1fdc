package dev.motorpool.pool.settings;

/** A setting of a pool is out of its range, or incompatible with another. */
public final class InvalidSettingException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String pointer;

    /**
     * @param pointer JSON Pointer into the settings, such as {@code /size}
     * @param detail what is wrong and what would be right, as a sentence
     */
    public InvalidSettingException(String pointer, String detail) {
        super(detail, null, false, false);
        this.pointer = pointer;
    }

    public String pointer() {
        return pointer;
    }
}
