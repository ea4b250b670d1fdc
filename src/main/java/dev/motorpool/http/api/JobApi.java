package dev.motorpool.http.api;

import dev.motorpool.detached.DetachedJobs;
import dev.motorpool.detached.TenantJobs;
import dev.motorpool.detached.model.JobView;
import dev.motorpool.http.render.JobAnswer;
import dev.motorpool.http.render.JobName;
import dev.motorpool.http.route.AnswerForm;
import dev.motorpool.http.route.ApiRequest;
import dev.motorpool.http.route.Route;
import dev.motorpool.job.ProblemType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/** Operations on one detached job that do not wait. */
public final class JobApi {

    static final String ONE = "/v1/jobs/{id}";

    private final DetachedJobs jobs;
    private final JobAnswer answer;

    public JobApi(DetachedJobs jobs, JobAnswer answer) {
        this.jobs = jobs;
        this.answer = answer;
    }

    public List<Route> routes() {
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

    private void cancel(ApiRequest apiRequest) throws Exception {
        UUID id = JobName.of(apiRequest);
        JobView job = JobName.known(jobs(apiRequest).cancel(id), id);
        answer.answerDone(apiRequest, 200, job);
    }

    private void retry(ApiRequest apiRequest) throws Exception {
        UUID id = JobName.of(apiRequest);
        JobView job = JobName.known(jobs(apiRequest).retry(id), id);
        answer.answerDone(apiRequest, 202, job);
    }

    private void output(ApiRequest apiRequest) throws Exception {
        UUID id = JobName.of(apiRequest);
        byte[] output = JobName.known(jobs(apiRequest).output(id), id);
        // The output of functions is arbitrary bytes; the answer declares UTF-8.
        String text = new String(output, StandardCharsets.UTF_8);
        apiRequest.answer(200, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    private void delete(ApiRequest apiRequest) throws Exception {
        UUID id = JobName.of(apiRequest);
        if (!jobs(apiRequest).delete(id)) {
            throw JobName.unknown(id);
        }
        apiRequest.answerNothing(204);
    }

    private TenantJobs jobs(ApiRequest apiRequest) {
        return jobs.of(apiRequest.caller().tenant());
    }
}
