package dev.motorpool.conform;

/** A worker did not do what it must. */
final class UnmetException extends Exception {
    private static final long serialVersionUID = 1;

    private final String expected;
    private final String came;

    UnmetException(String expected, String came) {
        super("expected " + expected + ", came " + came);
        this.expected = expected;
        this.came = came;
    }

    String expected() {
        return expected;
    }

    String came() {
        return came;
    }
}
