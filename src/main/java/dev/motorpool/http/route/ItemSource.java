package dev.motorpool.http.route;

import dev.motorpool.job.request.CallRefusedException;
import dev.motorpool.json.JsonSlices;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The source of a stream's items. Used only by the feeder of the stream. */
public interface ItemSource {

    /**
     * Returns the next items, from one to {@code most}; waits for them if necessary. Null at the end.
     *
     * @throws CallRefusedException if the next input is no item; earlier items have been returned
     * @throws IOException if the client has disconnected
     */
    @Nullable
    JsonSlices next(int most) throws IOException, CallRefusedException;

    /**
     * Reads and discards the rest, when it is known to have arrived.
     *
     * @throws CallRefusedException as {@link #next} does
     * @throws IOException if its end is missing
     */
    void readToEnd() throws IOException, CallRefusedException;
}
