package dev.motorpool.http.api;

import dev.motorpool.detached.DetachedJobs;
import dev.motorpool.detached.TenantJobs;
import dev.motorpool.detached.model.Delivery;
import dev.motorpool.detached.model.DeliveryKey;
import dev.motorpool.http.problem.JsonParts;
import dev.motorpool.http.problem.Problem;
import dev.motorpool.http.render.JobName;
import dev.motorpool.http.route.ApiRequest;
import dev.motorpool.http.route.Route;
import dev.motorpool.job.ProblemType;
import dev.motorpool.json.JsonWriter;
import java.util.List;
import java.util.UUID;

/** The webhook deliveries of a job. They may outlive the job. */
public final class DeliveryApi {

    private static final String ALL = JobApi.ONE + "/deliveries";

    private final DetachedJobs jobs;

    public DeliveryApi(DetachedJobs jobs) {
        this.jobs = jobs;
    }

    public List<Route> routes() {
        return List.of(
                Route.of("GET", ALL, "listDeliveries", this::list).problems(ProblemType.UNKNOWN_JOB),
                Route.of("POST", ALL + "/{delivery_id}/retry", "retryDelivery", this::retry)
                        .problems(ProblemType.UNKNOWN_JOB, ProblemType.UNKNOWN_DELIVERY));
    }

    private void list(ApiRequest apiRequest) throws Exception {
        List<Delivery> deliveries = of(apiRequest, JobName.of(apiRequest));
        JsonWriter json = new JsonWriter().beginObject();
        json.name("items").beginArray();
        deliveries.forEach(each -> write(json, each, true));
        json.endArray();
        apiRequest.answer(200, json.endObject());
    }

    private List<Delivery> of(ApiRequest apiRequest, UUID job) throws Exception {
        List<Delivery> deliveries = JobName.known(jobs(apiRequest).deliveries(job), job);
        return deliveries;
    }

    private void retry(ApiRequest apiRequest) throws Exception {
        UUID job = JobName.of(apiRequest);
        String id = apiRequest.variable("delivery_id");
        DeliveryKey key = DeliveryKey.parse(id);
        Delivery renewed =
                key == null || !key.job().equals(job) ? null : jobs(apiRequest).retry(key);
        if (renewed == null) {
            List<String> known =
                    of(apiRequest, job).stream().map(each -> each.key().id()).toList();
            throw Problem.unknown(ProblemType.UNKNOWN_DELIVERY, id, known);
        }
        JsonWriter json = new JsonWriter();
        write(json, renewed, apiRequest.caller().reads());
        apiRequest.answer(202, json);
    }

    /** @param whole whether the URL and the attempts are shown too */
    private void write(JsonWriter json, Delivery delivery, boolean whole) {
        json.beginObject();
        json.name("id").value(delivery.key().id());
        if (whole) {
            json.name("url").value(delivery.url());
        }
        json.name("type").value(delivery.type());
        json.name("state").value(delivery.state().word());
        if (whole) {
            json.name("tries").value(delivery.log());
        }
        JsonParts.time(json.name("next_try_at"), jobs.nextTry(delivery));
        json.endObject();
    }

    private TenantJobs jobs(ApiRequest apiRequest) {
        return jobs.of(apiRequest.caller().tenant());
    }
}
