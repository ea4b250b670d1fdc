package dev.motorpool.worker;

import dev.motorpool.wire.Message;
import java.util.ArrayList;
import java.util.List;

/** Collects the calls that are given back, for one answer. */
final class ReturnedCalls {

    private final List<Long> ids = new ArrayList<>();
    private final List<Integer> from = new ArrayList<>();

    /** Takes back what has not started of this. Returns true if that is all of it. */
    boolean add(WorkItem workItem) {
        int first = workItem.takeBack();
        if (first >= 0) {
            ids.add(workItem.id());
            from.add(first);
        }
        return first == 0;
    }

    Message.Dropped report() {
        return new Message.Dropped(ids, from);
    }
}
