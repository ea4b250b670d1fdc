package dev.motorpool.http.route;

import dev.motorpool.job.JobError;
import dev.motorpool.json.JsonSlices;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Where the items of a stream come from. Used by the feeder of the stream alone. */
public interface ItemSource {

    /**
     * The next items, at least one and at most so many; waits for them if it has to. Null at their end.
     *
     * @throws BadInputException if what comes next is no item; those before it have been given
     * @throws IOException if the client has gone
     */
    @Nullable
    JsonSlices next(int most) throws IOException, BadInputException;

    /**
     * Reads what is left, without giving it; for when it is known to have come.
     *
     * @throws BadInputException as {@link #next} does
     * @throws IOException if its end is missing
     */
    void readToEnd() throws IOException, BadInputException;

    /** Ends a stream early. */
    final class BadInputException extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient JobError error;

        public BadInputException(JobError error) {
            super(error.message(), null, false, false);
            this.error = error;
        }

        public JobError error() {
            return error;
        }
    }
}
