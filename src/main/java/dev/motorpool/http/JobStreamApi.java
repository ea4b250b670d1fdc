package dev.motorpool.http;

import dev.motorpool.detached.Completions;
import dev.motorpool.detached.DetachedJobs;
import dev.motorpool.detached.JobEvents;
import dev.motorpool.detached.MapItems;
import dev.motorpool.detached.TenantJobs;
import dev.motorpool.job.JobsCall;
import dev.motorpool.json.JsonNumber;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What happens to detached jobs, as it happens: items of a map, events of a job, jobs as they finish. */
final class JobStreamApi {

    private final DetachedJobs jobs;
    private final JobAnswer answer;
    private final LiveStream stream;

    JobStreamApi(DetachedJobs jobs, JobAnswer answer, LiveStream stream) {
        this.jobs = jobs;
        this.answer = answer;
        this.stream = stream;
    }

    List<Route> routes() {
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

    private void items(Exchange exchange) throws Exception {
        UUID id = JobName.of(exchange);
        boolean byCompletion = exchange.query()
                .oneOf(QueryParameter.ORDER.word(), "input", "completion")
                .equals("completion");
        long after = after(exchange);
        try (MapItems items = jobs(exchange).items(id, byCompletion, after)) {
            if (items == null) {
                throw JobName.unknown(id);
            }
            stream.run(exchange, new ItemsSource(items, byCompletion, after));
        }
    }

    /** The index or place after which the items are wanted; -1 for all. */
    private static long after(Exchange exchange) throws ProblemException {
        int asked = exchange.query().integer(QueryParameter.AFTER.word(), 0, Integer.MAX_VALUE, -1);
        String last = exchange.lastEventId();
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

    private void events(Exchange exchange) throws Exception {
        UUID id = JobName.of(exchange);
        try (JobEvents events = jobs(exchange).events(id)) {
            if (events == null) {
                throw JobName.unknown(id);
            }
            stream.run(exchange, new EventsSource(events, answer, exchange.heldForAnswer()));
        }
    }

    private void asCompleted(Exchange exchange) throws Exception {
        List<UUID> ids = JobName.parse(JobsCall.ids(exchange.body()));
        try (Completions completions = jobs(exchange).asCompleted(ids)) {
            stream.run(exchange, new CompletionsSource(completions, answer, exchange.heldForAnswer()));
        }
    }

    private TenantJobs jobs(Exchange exchange) {
        return jobs.of(exchange.caller().tenant());
    }
}
