package dev.motorpool.http;

import dev.motorpool.detached.DetachedJobs;
import dev.motorpool.detached.JobView;
import dev.motorpool.detached.TenantJobs;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/** What is done with one detached job, without waiting for it. */
final class JobApi {

    static final String ONE = "/v1/jobs/{id}";

    private final DetachedJobs jobs;
    private final JobAnswer answer;

    JobApi(DetachedJobs jobs, JobAnswer answer) {
        this.jobs = jobs;
        this.answer = answer;
    }

    List<Route> routes() {
        return List.of(
                Route.of("POST", ONE + "/cancel", "cancelJob", this::cancel).problems(ProblemType.UNKNOWN_JOB),
                Route.of("POST", ONE + "/retry", "retryJob", this::retry)
                        .problems(
                                ProblemType.UNKNOWN_JOB,
                                ProblemType.UNKNOWN_POOL,
                                ProblemType.UNKNOWN_FUNCTION,
                                ProblemType.JOB_NOT_FAILED),
                Route.of("GET", ONE + "/output", "getJobOutput", this::output)
                        .in(AnswerForm.TEXT)
                        .problems(ProblemType.UNKNOWN_JOB),
                Route.of("DELETE", ONE, "deleteJob", this::delete)
                        .problems(ProblemType.UNKNOWN_JOB, ProblemType.JOB_NOT_FINISHED));
    }

    private void cancel(Exchange exchange) throws Exception {
        UUID id = JobName.of(exchange);
        JobView job = jobs(exchange).cancel(id);
        if (job == null) {
            throw JobName.unknown(id);
        }
        answer.answerDone(exchange, 200, job);
    }

    private void retry(Exchange exchange) throws Exception {
        UUID id = JobName.of(exchange);
        JobView job = jobs(exchange).retry(id);
        if (job == null) {
            throw JobName.unknown(id);
        }
        answer.answerDone(exchange, 202, job);
    }

    private void output(Exchange exchange) throws Exception {
        UUID id = JobName.of(exchange);
        byte[] output = jobs(exchange).output(id);
        if (output == null) {
            throw JobName.unknown(id);
        }
        // Functions print what they like; the answer is what its head says.
        String text = new String(output, StandardCharsets.UTF_8);
        exchange.answer(200, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    private void delete(Exchange exchange) throws Exception {
        UUID id = JobName.of(exchange);
        if (!jobs(exchange).delete(id)) {
            throw JobName.unknown(id);
        }
        exchange.answerNothing(204);
    }

    private TenantJobs jobs(Exchange exchange) {
        return jobs.of(exchange.caller().tenant());
    }
}
