package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.motorpool.http.problem.Problem;
import dev.motorpool.http.problem.ProblemException;
import dev.motorpool.http.problem.ProblemWriter;
import dev.motorpool.http.route.AnswerWriter;
import dev.motorpool.http.route.BodyReader;
import dev.motorpool.http.route.Caller;
import dev.motorpool.http.route.Dispatch;
import dev.motorpool.http.route.HttpSettings;
import dev.motorpool.http.route.RequestShares;
import dev.motorpool.http.route.Route;
import dev.motorpool.http.route.Routes;
import dev.motorpool.http.server.ClientConnection;
import dev.motorpool.http.server.WatchedProtocol;
import dev.motorpool.job.ProblemType;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.CoyoteAdapter;
import org.apache.coyote.Request;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/** A defect of the service: the answer has no stack trace, and its id is found in the log. */
@ExtendWith(OutputCaptureExtension.class)
class DefectTest {

    private static final String PATH = "/v1/defect";

    private final HttpSettings settings = HttpSettings.defaults(256);
    private final Dispatch dispatch = new Dispatch(new BodyReader(settings), new AnswerWriter(settings));

    @Test
    void isLoggedUnderTheInstanceOfItsProblem(CapturedOutput output) throws IOException {
        Problem problem = problemOf(() -> {
            throw new IllegalStateException("secret");
        });
        assertThat(problem.type()).isEqualTo(ProblemType.INTERNAL);
        assertThat(output).contains("urn:uuid:" + problem.job(), "IllegalStateException", "secret");

        MockHttpServletResponse response = new MockHttpServletResponse();
        ProblemWriter.write(response, problem, true);
        assertThat(response.getStatus()).isEqualTo(500);
        assertThat(response.getContentAsString())
                .contains("urn:uuid:" + problem.job())
                .doesNotContain("secret", "IllegalStateException", "dev.motorpool");
    }

    @Test
    void endlessRecursionIsOneToo(CapturedOutput output) {
        assertThat(problemOf(() -> {
                            throw new StackOverflowError();
                        })
                        .type())
                .isEqualTo(ProblemType.INTERNAL);
        assertThat(output).contains("StackOverflowError");
    }

    private Problem problemOf(Runnable defect) {
        Routes routes = new Routes(List.of(Route.of("GET", PATH, "defect", apiRequest -> defect.run())));
        Routes.Match match = Objects.requireNonNull(routes.find(PATH));
        MockHttpServletRequest request = new MockHttpServletRequest("GET", PATH);
        WatchedProtocol.WatchedProcessor processor =
                new WatchedProtocol.WatchedProcessor(new WatchedProtocol(), new CoyoteAdapter(new Connector()));
        ClientConnection unused = new ClientConnection(new Request(), processor);
        return catchThrowableOfType(ProblemException.class, () -> {
                    try (RequestShares.Share share =
                            new RequestShares(settings, (_, _, _, _) -> {}).enter(null, "an address")) {
                        dispatch.handle(request, new MockHttpServletResponse(), unused, match, share, Caller.of(null));
                    }
                })
                .problem();
    }
}
