package dev.motorpool.app.settings;

import dev.motorpool.job.stream.StreamBudget;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The configuration under {@code motorpool.http}.
 *
 * @param allowedHosts names besides localhost that requests may address
 * @param bodyLimit bytes of one body
 * @param items items of one map, or of a stream whose items come as one body; null: 1,000,000
 * @param bodyBudget bytes of all bodies that are held at once; null: by the size of the heap
 * @param bodyTimeout time a client has to send its body
 * @param answerBudget bytes of all larger answers that are held until their clients have read them; null: by the size
 *     of the heap
 * @param answerTimeout time a client has to read such an answer
 * @param streamBudget bytes of items and values that all streams of items hold at once; null: by the size of the heap
 * @param streamIdle time that a stream's client may send nothing, or take nothing of what is written to it
 * @param requestsPerCaller requests of one caller (API key, else address) that may be in progress at once, waits and
 *     streams included; null: by the number of connections
 */
public record HttpSection(
        @DefaultValue List<String> allowedHosts,
        @DefaultValue("16MB") DataSize bodyLimit,
        @Nullable Integer items,
        @Nullable DataSize bodyBudget,
        @DefaultValue("30") DurationSetting bodyTimeout,
        @Nullable DataSize answerBudget,
        @DefaultValue("60") DurationSetting answerTimeout,
        @Nullable DataSize streamBudget,
        @DefaultValue("600") DurationSetting streamIdle,
        @Nullable Integer requestsPerCaller) {

    static final DataSize MOST_SIZE = DataSize.ofMegabytes(256);

    /** Room for one value of the greatest length. */
    private static final DataSize LEAST_ANSWERS = DataSize.ofMegabytes(17);

    private static final DataSize LEAST_STREAMS = DataSize.ofBytes(StreamBudget.LEAST);

    public HttpSection {
        Range.within("motorpool.http.body-limit", bodyLimit, DataSize.ofBytes(1), MOST_SIZE);
        Range.atLeast(
                "motorpool.http.body-budget",
                bodyBudget,
                bodyLimit,
                "less than one body may have (motorpool.http.body-limit)");
        Range.atLeastOne("motorpool.http.items", items);
        bodyTimeout.positive("motorpool.http.body-timeout");
        Range.atLeast("motorpool.http.answer-budget", answerBudget, LEAST_ANSWERS, "less than one answer may have");
        answerTimeout.positive("motorpool.http.answer-timeout");
        Range.atLeast(
                "motorpool.http.stream-budget",
                streamBudget,
                LEAST_STREAMS,
                "too little for one caller's share of an item and a value of the greatest length");
        streamIdle.positive("motorpool.http.stream-idle");
        Range.atLeastOne("motorpool.http.requests-per-caller", requestsPerCaller);
    }
}
