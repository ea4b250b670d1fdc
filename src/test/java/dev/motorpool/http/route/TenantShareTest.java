package dev.motorpool.http.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.motorpool.http.problem.ProblemException;
import dev.motorpool.http.problem.Right;
import dev.motorpool.http.route.RequestShares.Share;
import dev.motorpool.http.route.RequestShares.Sort;
import dev.motorpool.job.ProblemType;
import dev.motorpool.pool.Tenant;
import dev.motorpool.pool.TenantLimits;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests, streams and waits of one tenant are limited, over all its keys and addresses. */
class TenantShareTest {

    private static final Map<Sort, Integer> MOST = Map.of(Sort.REQUEST, 7, Sort.STREAM, 4, Sort.WAIT, 3);
    private static final String ADDRESS = "192.0.2.1";

    private final RequestShares shares = new RequestShares(
            settings(new TenantLimits(7, 4, 3, Integer.MAX_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE)),
            (_, _, _, _) -> {});
    private final List<ApiKey> keys = List.of(key("one", "shop"), key("two", "shop"));
    private final ApiKey other = key("other", "other");

    private static HttpSettings settings(TenantLimits limits) {
        HttpSettings usual = HttpSettings.defaults(256);
        return new HttpSettings(
                usual.allowedHosts(),
                usual.bodyLimit(),
                usual.items(),
                usual.bodyBudget(),
                usual.bodyTimeout(),
                usual.answerBudget(),
                usual.answerTimeout(),
                usual.streamBudget(),
                usual.streamIdle(),
                usual.keys(),
                usual.requestsPerCaller(),
                Map.of("shop", limits));
    }

    private static ApiKey key(String name, String tenant) {
        return new ApiKey(name, new Tenant(tenant), List.of("ab".repeat(32)), EnumSet.allOf(Right.class));
    }

    /** A request of the key, or with a share of the tenant's requests something else that one is counted as. */
    private Share enter(Sort sort, ApiKey key, Share request) throws ProblemException {
        return sort == Sort.REQUEST ? shares.enter(key, ADDRESS) : request.as(sort);
    }

    @ParameterizedTest
    @EnumSource
    void theTenantHasAsManyAsItMayHaveAtAnyTime(Sort sort) throws ProblemException {
        Random random = new Random(12);
        int most = MOST.getOrDefault(sort, 0);
        try (Share others = shares.enter(other, ADDRESS)) {
            // For streams and waits one request stands for all.
            Share request = sort == Sort.REQUEST ? others : shares.enter(keys.getFirst(), ADDRESS);
            Deque<Share> open = new ArrayDeque<>();
            for (int i = 0; i < 500; i++) {
                ApiKey key = keys.get(random.nextInt(keys.size()));
                if (random.nextBoolean()) {
                    if (open.size() < most) {
                        open.add(enter(sort, key, request));
                    } else {
                        assertRefused(sort, key, request);
                    }
                } else if (!open.isEmpty()) {
                    open.remove().close();
                }
            }
            open.forEach(Share::close);
            for (int i = 0; i < 3 * most; i++) {
                open.add(enter(sort, other, others)); // another tenant has no limit
            }
            open.forEach(Share::close);
        }
    }

    private void assertRefused(Sort sort, ApiKey key, Share request) {
        String limit = sort.words();
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> enter(sort, key, request))
                .satisfies(refused -> {
                    assertThat(refused.problem().type()).isEqualTo(ProblemType.LIMIT_REACHED);
                    assertThat(refused.problem().toString()).contains("motorpool.tenants.shop." + limit);
                });
    }
}
