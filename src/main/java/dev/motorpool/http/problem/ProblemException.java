package dev.motorpool.http.problem;

/** Aborts a request with a problem. It has no stack trace because it is an answer, not a defect. */
public final class ProblemException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    public ProblemException(Problem problem) {
        super(problem.error().message(), null, false, false);
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }
}
