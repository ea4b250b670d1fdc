package dev.motorpool.address;

import org.jspecify.annotations.Nullable;

/** IPv4 addresses in every spelling that resolvers take: one to four parts, each decimal, octal or hexadecimal. */
final class LooseVersion4 {

    /** The four bytes, or null if the text is no address in any spelling. */
    static byte @Nullable [] parse(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length > 4) {
            return null;
        }
        long address = 0;
        for (int i = 0; i < parts.length; i++) {
            long part = part(parts[i]);
            boolean last = i == parts.length - 1;
            // The last part fills all bytes that are left.
            long limit = last ? 1L << (8 * (5 - parts.length)) : 256;
            if (part < 0 || part >= limit) {
                return null;
            }
            address |= last ? part : part << (8 * (3 - i));
        }
        return new byte[] {(byte) (address >> 24), (byte) (address >> 16), (byte) (address >> 8), (byte) address};
    }

    private static long part(String text) {
        boolean hex = text.startsWith("0x");
        boolean octal = !hex && text.length() > 1 && text.startsWith("0");
        String digits = hex ? text.substring(2) : text;
        if (hex && digits.isEmpty()) {
            return 0;
        }
        String significant = digits.substring(leadingZeros(digits));
        if (significant.length() > 11) {
            return -1;
        }
        try {
            return significant.startsWith("-") || significant.startsWith("+")
                    ? -1
                    : Long.parseLong(significant, hex ? 16 : octal ? 8 : 10);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** How many zeros it begins with that change nothing; the last digit stays. */
    private static int leadingZeros(String digits) {
        int zeros = 0;
        while (zeros < digits.length() - 1 && digits.charAt(zeros) == '0') {
            zeros++;
        }
        return zeros;
    }

    private LooseVersion4() {}
}
