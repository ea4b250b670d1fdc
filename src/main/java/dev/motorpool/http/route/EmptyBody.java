package dev.motorpool.http.route;

import dev.motorpool.http.problem.Problem;
import dev.motorpool.http.problem.ProblemException;
import dev.motorpool.json.JsonPointers;
import dev.motorpool.json.MalformedJsonException;
import dev.motorpool.json.MemberNames;
import dev.motorpool.json.RawJson;
import dev.motorpool.json.StrictJson;

/** Checks the body of a route that takes none: an empty object is allowed. */
final class EmptyBody {

    private static final MemberNames NONE = MemberNames.of();

    private EmptyBody() {}

    static void check(RawJson body) throws ProblemException {
        try {
            String unknown = StrictJson.members(body, NONE).unknown();
            if (unknown != null) {
                throw new ProblemException(Problem.malformed(
                        JsonPointers.member("", unknown), "This path takes no body, or an empty object."));
            }
        } catch (MalformedJsonException malformed) {
            throw new ProblemException(Problem.malformed(malformed.pointer(), malformed.getMessage()));
        }
    }
}
