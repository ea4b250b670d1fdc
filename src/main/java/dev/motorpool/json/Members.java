package dev.motorpool.json;

import org.jspecify.annotations.Nullable;

/** The known members of one object, as slices of its text. Made by {@link StrictJson#members}. */
public final class Members {

    private final MemberNames names;
    private final RawJson text;
    /** For each known name the start and end of its value; both 0 if it is missing. */
    private final int[] bounds;

    private @Nullable String unknown;

    Members(MemberNames names, RawJson text) {
        this.names = names;
        this.text = text;
        this.bounds = new int[names.names().size() * 2];
    }

    /** The value of a member, which may be the JSON value {@code null}; null if the member is missing. */
    public @Nullable RawJson get(String name) {
        int index = names.indexOf(name);
        if (index < 0) {
            throw new IllegalArgumentException("no member " + name + " was asked for");
        }
        return get(index);
    }

    /** As {@link #get(String)}, by the index of the known name. */
    public @Nullable RawJson get(int index) {
        int end = bounds[2 * index + 1];
        return end == 0 ? null : new RawJson(text.bytes(), bounds[2 * index], end - bounds[2 * index]);
    }

    /** The name of the first unknown member; null if there is none. */
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
