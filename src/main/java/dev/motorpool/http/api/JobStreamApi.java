package dev.motorpool.http.api;

import dev.motorpool.detached.DetachedJobs;
import dev.motorpool.detached.TenantJobs;
import dev.motorpool.detached.wait.Completions;
import dev.motorpool.detached.wait.JobEvents;
import dev.motorpool.detached.wait.MapItems;
import dev.motorpool.http.problem.ProblemException;
import dev.motorpool.http.render.JobAnswer;
import dev.motorpool.http.render.JobName;
import dev.motorpool.http.route.AnswerForm;
import dev.motorpool.http.route.ApiRequest;
import dev.motorpool.http.route.Query;
import dev.motorpool.http.route.QueryParameter;
import dev.motorpool.http.route.RequestHeader;
import dev.motorpool.http.route.Route;
import dev.motorpool.http.stream.CompletionsSource;
import dev.motorpool.http.stream.EventsSource;
import dev.motorpool.http.stream.ItemsSource;
import dev.motorpool.http.stream.LiveStream;
import dev.motorpool.job.JobsCall;
import dev.motorpool.job.ProblemType;
import dev.motorpool.json.JsonNumber;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Live streams of detached jobs: items of a map, events of a job, jobs as they finish. */
public final class JobStreamApi {

    private final DetachedJobs jobs;
    private final JobAnswer answer;
    private final LiveStream stream;

    public JobStreamApi(DetachedJobs jobs, JobAnswer answer, LiveStream stream) {
        this.jobs = jobs;
        this.answer = answer;
        this.stream = stream;
    }

    public List<Route> routes() {
        return List.of(
                Route.of("GET", JobApi.ONE + "/items", "streamJobItems", this::items)
                        .in(AnswerForm.STREAM)
                        .query(QueryParameter.ORDER, QueryParameter.AFTER)
                        .header(RequestHeader.LAST_EVENT_ID)
                        .problems(ProblemType.UNKNOWN_JOB, ProblemType.NOT_A_MAP),
                Route.of("GET", JobApi.ONE + "/events", "streamJobEvents", this::events)
                        .in(AnswerForm.EVENTS)
                        .problems(ProblemType.UNKNOWN_JOB),
                Route.of("POST", "/v1/as_completed", "asCompleted", this::asCompleted)
                        .in(AnswerForm.STREAM)
                        .takes("AsCompletedCall")
                        .problems(ProblemType.UNKNOWN_JOB));
    }

    private void items(ApiRequest apiRequest) throws Exception {
        UUID id = JobName.of(apiRequest);
        boolean byCompletion = apiRequest
                .query()
                .oneOf(QueryParameter.ORDER.word(), "input", "completion")
                .equals("completion");
        long after = after(apiRequest);
        try (MapItems items = JobName.known(jobs(apiRequest).items(id, byCompletion, after), id)) {
            stream.run(apiRequest, new ItemsSource(items, byCompletion, after));
        }
    }

    /** The index or place after which items are returned; -1 for all items. */
    private static long after(ApiRequest apiRequest) throws ProblemException {
        int asked = apiRequest.query().integer(QueryParameter.AFTER.word(), 0, Integer.MAX_VALUE, -1);
        String last = apiRequest.lastEventId();
        return last == null || last.isEmpty() ? asked : place(last);
    }

    private static long place(String lastEventId) throws ProblemException {
        JsonNumber number = number(lastEventId);
        if (number == null
                || !number.isInteger()
                || number.longValue() < -1
                || number.longValue() > Integer.MAX_VALUE) {
            throw Query.refuse(
                    RequestHeader.LAST_EVENT_ID.word(),
                    "Last-Event-ID must be the id of an event that this path has sent.");
        }
        return number.longValue();
    }

    private static @Nullable JsonNumber number(String text) {
        try {
            return JsonNumber.of(text);
        } catch (IllegalArgumentException none) {
            return null;
        }
    }

    private void events(ApiRequest apiRequest) throws Exception {
        UUID id = JobName.of(apiRequest);
        try (JobEvents events = JobName.known(jobs(apiRequest).events(id), id)) {
            stream.run(apiRequest, new EventsSource(events, answer, apiRequest.heldForAnswer()));
        }
    }

    private void asCompleted(ApiRequest apiRequest) throws Exception {
        List<UUID> ids = JobName.parse(JobsCall.ids(apiRequest.body()));
        try (Completions completions = jobs(apiRequest).asCompleted(ids)) {
            stream.run(apiRequest, new CompletionsSource(completions, answer, apiRequest.heldForAnswer()));
        }
    }

    private TenantJobs jobs(ApiRequest apiRequest) {
        return jobs.of(apiRequest.caller().tenant());
    }
}
