package dev.motorpool.json;

/** JSON Pointers (RFC 6901), built from the root downwards. */
public final class JsonPointers {

    /** The pointer to a member of the object at {@code parent}. */
    public static String member(String parent, String name) {
        return parent + '/' + escape(name);
    }

    /** The pointer to an element of the array at {@code parent}. */
    public static String element(String parent, int index) {
        return parent + '/' + index;
    }

    private static String escape(String name) {
        if (name.indexOf('~') < 0 && name.indexOf('/') < 0) {
            return name;
        }
        return name.replace("~", "~0").replace("/", "~1");
    }

    private JsonPointers() {}
}
