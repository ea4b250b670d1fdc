package dev.motorpool.json;

import org.jspecify.annotations.Nullable;

/** The known members of one object, as slices of its text. Made by {@link StrictJson#members}. */
public final class Members {

    private final MemberNames names;
    private final RawJson text;
    /** For each known name the start and the end of its value; both 0 where it is missing. */
    private final int[] bounds;

    private @Nullable String unknown;

    Members(MemberNames names, RawJson text) {
        this.names = names;
        this.text = text;
        this.bounds = new int[names.names().size() * 2];
    }

    /** The value of a member, {@code null} the JSON value included; null where the object does not have it. */
    public @Nullable RawJson get(String name) {
        int index = names.indexOf(name);
        if (index < 0) {
            throw new IllegalArgumentException("no member " + name + " was asked for");
        }
        return get(index);
    }

    /** As {@link #get(String)}, by the place of the name among those asked for. */
    public @Nullable RawJson get(int index) {
        int end = bounds[2 * index + 1];
        return end == 0 ? null : new RawJson(text.bytes(), bounds[2 * index], end - bounds[2 * index]);
    }

    /** The first member whose name was not asked for; null if there is none. */
    public @Nullable String unknown() {
        return unknown;
    }

    MemberNames names() {
        return names;
    }

    void set(int index, int start, int end) {
        bounds[2 * index] = start;
        bounds[2 * index + 1] = end;
    }

    void unknown(String name) {
        if (unknown == null) {
            unknown = name;
        }
    }
}
