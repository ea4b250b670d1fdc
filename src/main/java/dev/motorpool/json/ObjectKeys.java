package dev.motorpool.json;

import java.util.Arrays;

/**
 * Finds duplicate keys: keeps the keys of all objects that are open at one point of a scan. A key takes 8 bytes, for its
 * place in the text, and no choice of keys makes the search quadratic.
 */
final class ObjectKeys {

    /** Up to this number of keys, each is compared with all others. */
    private static final int FEW = 8;

    private static final long PRIME = (1L << 61) - 1;
    /** Keys are hashed as polynomials at a secret point of a prime field, so clients cannot construct collisions. */
    private static final long POINT = 1
            + Long.remainderUnsigned(
                    mix(System.nanoTime()) ^ mix(System.currentTimeMillis() + System.identityHashCode(new Object())),
                    PRIME - 1);

    private static final long ESCAPED = 1L << 31;

    private final byte[] bytes;
    private long[] keys = new long[16];
    private int count;

    ObjectKeys(byte[] bytes) {
        this.bytes = bytes;
    }

    int count() {
        return count;
    }

    /** Adds the key whose text between the quotes is at {@code [from, to)}. */
    void add(int from, int to, boolean escaped) {
        if (count == keys.length) {
            keys = Arrays.copyOf(keys, count * 2);
        }
        keys[count++] = ((long) from << 32) | (escaped ? ESCAPED : 0) | (to - from);
    }

    String name(int index) {
        return JsonStrings.decode(bytes, from(keys[index]), to(keys[index]));
    }

    int from(int index) {
        return from(keys[index]);
    }

    int length(int index) {
        return to(keys[index]) - from(keys[index]);
    }

    /** Removes the keys from {@code base} on, at the end of their object. */
    void truncate(int base) {
        count = base;
    }

    /** The index of the first key from {@code base} on that equals an earlier one of them, or -1. */
    int duplicate(int base) {
        int size = count - base;
        if (size < 2) {
            return -1;
        }
        return size <= FEW ? duplicateOfFew(base) : duplicateOfMany(base);
    }

    private int duplicateOfFew(int base) {
        for (int later = base + 1; later < count; later++) {
            for (int earlier = base; earlier < later; earlier++) {
                if (same(keys[earlier], keys[later])) {
                    return later;
                }
            }
        }
        return -1;
    }

    private int duplicateOfMany(int base) {
        long[] byHash = new long[count - base];
        for (int i = 0; i < byHash.length; i++) {
            byHash[i] = (long) hash(keys[base + i]) << 32 | i;
        }
        Arrays.sort(byHash);
        int first = -1;
        for (int i = 0; i < byHash.length; i++) {
            for (int j = i + 1; j < byHash.length && byHash[j] >> 32 == byHash[i] >> 32; j++) {
                if (same(keys[base + (int) byHash[i]], keys[base + (int) byHash[j]])) {
                    int later = base + (int) byHash[j];
                    first = first < 0 ? later : Math.min(first, later);
                    break;
                }
            }
        }
        return first;
    }

    private boolean same(long one, long other) {
        if (((one | other) & ESCAPED) == 0) {
            return Arrays.equals(bytes, from(one), to(one), bytes, from(other), to(other));
        }
        return JsonStrings.decode(bytes, from(one), to(one)).equals(JsonStrings.decode(bytes, from(other), to(other)));
    }

    /** The hash of the decoded key; escapes make no difference. */
    private int hash(long key) {
        int to = to(key);
        long hash = 0;
        long gathered = 1;
        int at = from(key);
        while (at < to) {
            int b = bytes[at];
            int unit;
            if (b == '\\') {
                boolean hex = bytes[at + 1] == 'u';
                unit = hex ? JsonStrings.hex4(bytes, at + 2) : JsonStrings.unescape(bytes[at + 1]);
                at += hex ? 6 : 2;
            } else if (b >= 0) {
                unit = b;
                at++;
            } else if (b < -32) {
                unit = ((b & 0x1f) << 6) | (bytes[at + 1] & 0x3f);
                at += 2;
            } else if (b < -16) {
                unit = ((b & 0xf) << 12) | ((bytes[at + 1] & 0x3f) << 6) | (bytes[at + 2] & 0x3f);
                at += 3;
            } else {
                int point = (b & 7) << 18
                        | (bytes[at + 1] & 0x3f) << 12
                        | (bytes[at + 2] & 0x3f) << 6
                        | (bytes[at + 3] & 0x3f);
                gathered = (gathered << 16) | Character.highSurrogate(point);
                if (gathered >>> 48 != 0) {
                    hash = step(hash, gathered);
                    gathered = 1;
                }
                unit = Character.lowSurrogate(point);
                at += 4;
            }
            gathered = (gathered << 16) | unit;
            if (gathered >>> 48 != 0) {
                hash = step(hash, gathered);
                gathered = 1;
            }
        }
        return (int) (mix(step(hash, gathered)) >>> 32);
    }

    /** {@code (hash + gathered) * POINT} in the field. */
    private static long step(long hash, long gathered) {
        long sum = hash + gathered;
        sum = (sum & PRIME) + (sum >>> 61);
        long low = sum * POINT;
        long high = Math.multiplyHigh(sum, POINT);
        long product = (low & PRIME) + ((low >>> 61) | (high << 3));
        return (product & PRIME) + (product >>> 61);
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ (mixed >>> 33);
    }

    private static int from(long key) {
        return (int) (key >>> 32);
    }

    private static int to(long key) {
        return from(key) + ((int) key & Integer.MAX_VALUE);
    }
}
