package dev.motorpool.bench;

import org.jspecify.annotations.Nullable;

/** The lines that a stream sends, and the expected answers. */
enum StreamLines {

    /** Through a function that returns its argument. */
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

    /** Through a copying controller: each line comes back unchanged. */
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

    /** Number of different items that are sent repeatedly, as one chunk of the body that is built once. */
    static final int ITEMS_OF_BLOCK = 2048;

    /** Items of one length, so that all lines of the load are alike. */
    private static final int FIRST = 100_000;

    static int item(long index) {
        return FIRST + (int) (index % ITEMS_OF_BLOCK);
    }

    /** The answer line for this item, without its end. */
    abstract String answer(long index);

    /** The line after all answers; null if there is none. */
    abstract @Nullable String last(long sent);
}
