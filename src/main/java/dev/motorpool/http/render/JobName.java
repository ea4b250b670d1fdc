package dev.motorpool.http.render;

import dev.motorpool.http.problem.Problem;
import dev.motorpool.http.problem.ProblemException;
import dev.motorpool.http.route.ApiRequest;
import dev.motorpool.job.JobError;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Parses job ids as clients write them. */
public final class JobName {

    private JobName() {}

    /** The id in the path of a request. */
    public static UUID of(ApiRequest apiRequest) throws ProblemException {
        return parse(apiRequest.variable("id"));
    }

    /** Parses an id; text that is no id is treated as an unknown job. */
    static UUID parse(String text) throws ProblemException {
        try {
            UUID id = UUID.fromString(text);
            if (id.toString().equalsIgnoreCase(text)) {
                return id;
            }
        } catch (IllegalArgumentException noId) {
            // Treated as an unknown id.
        }
        throw unknown(text);
    }

    public static List<UUID> parse(List<String> texts) throws ProblemException {
        List<UUID> ids = new ArrayList<>(texts.size());
        for (String text : texts) {
            ids.add(parse(text));
        }
        return ids;
    }

    /** What was found of the job of this id; refuses the id if that is null. */
    public static <T> T known(@Nullable T found, UUID id) throws ProblemException {
        if (found == null) {
            throw unknown(id);
        }
        return found;
    }

    public static ProblemException unknown(UUID id) {
        return unknown(id.toString());
    }

    private static ProblemException unknown(String id) {
        return new ProblemException(Problem.of(JobError.unknownJob(id), null));
    }
}
