package dev.motorpool.worker;

/** Splits UTF-8 text between characters. Bytes that are not UTF-8 may be split anywhere. */
final class Utf8Pieces {

    private static final int LONGEST = 4;

    /** Where the first whole character begins in text whose beginning is lost. */
    static int firstWhole(byte[] text) {
        int at = 0;
        while (at < text.length && at < LONGEST - 1 && continues(text[at])) {
            at++;
        }
        return at;
    }

    /** The end of the last whole character between two places; at most three bytes before the second one. */
    static int wholeUpTo(byte[] text, int from, int end) {
        int last = end - 1;
        while (last > from && end - last < LONGEST && continues(text[last])) {
            last--;
        }
        return last >= from && last + length(text[last]) > end ? last : end;
    }

    private static boolean continues(byte b) {
        return (b & 0xc0) == 0x80;
    }

    /** The length in bytes of the character that begins with this one. */
    private static int length(byte first) {
        int value = first & 0xff;
        if (value < 0xc2 || value > 0xf4) {
            return 1;
        }
        return value < 0xe0 ? 2 : value < 0xf0 ? 3 : LONGEST;
    }

    private Utf8Pieces() {}
}
