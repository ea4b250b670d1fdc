package dev.motorpool.http;

import dev.motorpool.detached.Delivery;
import dev.motorpool.detached.DeliveryKey;
import dev.motorpool.detached.DetachedJobs;
import dev.motorpool.detached.TenantJobs;
import dev.motorpool.json.JsonWriter;
import java.util.List;
import java.util.UUID;

/** The webhooks of a job. They may outlive it. */
final class DeliveryApi {

    private static final String ALL = JobApi.ONE + "/deliveries";

    private final DetachedJobs jobs;

    DeliveryApi(DetachedJobs jobs) {
        this.jobs = jobs;
    }

    List<Route> routes() {
        return List.of(
                Route.of("GET", ALL, "listDeliveries", this::list).problems(ProblemType.UNKNOWN_JOB),
                Route.of("POST", ALL + "/{delivery_id}/retry", "retryDelivery", this::retry)
                        .problems(ProblemType.UNKNOWN_JOB, ProblemType.UNKNOWN_DELIVERY));
    }

    private void list(Exchange exchange) throws Exception {
        List<Delivery> deliveries = of(exchange, JobName.of(exchange));
        JsonWriter json = new JsonWriter().beginObject();
        json.name("items").beginArray();
        deliveries.forEach(each -> write(json, each, true));
        json.endArray();
        exchange.answer(200, json.endObject());
    }

    private List<Delivery> of(Exchange exchange, UUID job) throws Exception {
        List<Delivery> deliveries = jobs(exchange).deliveries(job);
        if (deliveries == null) {
            throw JobName.unknown(job);
        }
        return deliveries;
    }

    private void retry(Exchange exchange) throws Exception {
        UUID job = JobName.of(exchange);
        String id = exchange.variable("delivery_id");
        DeliveryKey key = DeliveryKey.parse(id);
        Delivery renewed =
                key == null || !key.job().equals(job) ? null : jobs(exchange).retry(key);
        if (renewed == null) {
            List<String> known =
                    of(exchange, job).stream().map(each -> each.key().id()).toList();
            throw Problem.unknown(ProblemType.UNKNOWN_DELIVERY, "delivery", id, known);
        }
        JsonWriter json = new JsonWriter();
        write(json, renewed, exchange.caller().reads());
        exchange.answer(202, json);
    }

    /** @param whole whether where it goes and what became of it is told, too */
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

    private TenantJobs jobs(Exchange exchange) {
        return jobs.of(exchange.caller().tenant());
    }
}
