package dev.motorpool.function.method;

/** A function returned what cannot be sent. */
public final class UnfitValueException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What is wrong with a value. */
    public enum Problem {
        NOT_JSON("value-not-json"),
        TOO_LARGE("value-too-large");

        private final String word;

        Problem(String word) {
            this.word = word;
        }

        /** The problem's name in the API. */
        public String word() {
            return word;
        }
    }

    private final Problem problem;

    public UnfitValueException(Problem problem, String message) {
        // The stack is that of the writer and says nothing about the function.
        super(message, null, false, false);
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
