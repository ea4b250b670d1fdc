package dev.motorpool.bench;

import org.jspecify.annotations.Nullable;

/** The lines that a stream sends, and what has to come back for them. */
enum StreamLines {

    /** Through a function that gives back what it takes. */
    ITEMS {
        @Override
        String answer(long index) {
            return "{\"index\":" + index + ",\"value\":" + item(index) + "}";
        }

        @Override
        String last(long sent) {
            return "{\"end\":true,\"count\":" + sent + ",\"failed\":0}";
        }
    },

    /** Through nothing: each line comes back as it was. */
    COPY {
        @Override
        String answer(long index) {
            return Integer.toString(item(index));
        }

        @Override
        @Nullable
        String last(long sent) {
            return null;
        }
    };

    /** So many different items are sent again and again, as one chunk of the body that is made once. */
    static final int ITEMS_OF_BLOCK = 2048;

    /** Items of one length, so that all lines of the load are alike. */
    private static final int FIRST = 100_000;

    static int item(long index) {
        return FIRST + (int) (index % ITEMS_OF_BLOCK);
    }

    /** The line that answers this item, without its end. */
    abstract String answer(long index);

    /** The line that comes after all answers; null if there is none. */
    abstract @Nullable String last(long sent);
}
