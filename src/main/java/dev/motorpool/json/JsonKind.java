package dev.motorpool.json;

/** The type of a JSON value. */
public enum JsonKind {
    NULL("null"),
    BOOLEAN("a boolean"),
    NUMBER("a number"),
    STRING("a string"),
    ARRAY("an array"),
    OBJECT("an object");

    private final String words;

    JsonKind(String words) {
        this.words = words;
    }

    /** The kind with its article: {@code an array}. */
    public String words() {
        return words;
    }

    static JsonKind of(byte first) {
        return switch (first) {
            case 'n' -> NULL;
            case 't', 'f' -> BOOLEAN;
            case '"' -> STRING;
            case '[' -> ARRAY;
            case '{' -> OBJECT;
            default -> NUMBER;
        };
    }
}
