package dev.motorpool.http.route;

import dev.motorpool.job.JobError;
import dev.motorpool.json.JsonSlices;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The source of a stream's items. Used only by the feeder of the stream. */
public interface ItemSource {

    /**
     * Returns the next items, from one to {@code most}; waits for them if necessary. Null at the end.
     *
     * @throws BadInputException if the next input is no item; earlier items have been returned
     * @throws IOException if the client has disconnected
     */
    @Nullable
    JsonSlices next(int most) throws IOException, BadInputException;

    /**
     * Reads and discards the rest, when it is known to have arrived.
     *
     * @throws BadInputException as {@link #next} does
     * @throws IOException if its end is missing
     */
    void readToEnd() throws IOException, BadInputException;

    /** Aborts a stream because of its input. */
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
