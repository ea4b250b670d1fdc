package dev.motorpool.conform;

import dev.motorpool.wire.Message;
import java.util.ArrayList;
import java.util.List;

/** The reports of a chunk's items, which must come in order and once. */
final class ItemReports {

    private final CheckedWorker worker;
    private final long id;

    /** Values as JSON, and the words of errors, by index. */
    private final List<String> reported = new ArrayList<>();

    ItemReports(CheckedWorker worker, long id) {
        this.worker = worker;
        this.id = id;
    }

    /** Waits until this many items have been reported, or the chunk's rest was given back. */
    List<String> await(int count) throws UnmetException, InterruptedException {
        while (reported.size() < count) {
            add(worker.next("a report of item " + reported.size() + " of chunk " + id));
        }
        if (reported.size() > count) {
            throw new UnmetException("reports of " + count + " items", reported.size() + " values");
        }
        return reported;
    }

    int count() {
        return reported.size();
    }

    /** Takes a report of the next items. */
    void add(Message.Report report) throws UnmetException {
        if (report instanceof Message.Results some && some.id() == id && some.index() == reported.size()) {
            for (int i = 0; i < some.values().count(); i++) {
                reported.add(some.values().get(i).toString());
            }
        } else if (report instanceof Message.Error error && error.id() == id && error.index() == reported.size()) {
            reported.add(error.type());
        } else {
            throw new UnmetException(
                    "a report of item " + reported.size() + " of chunk " + id, Transcript.excerpt(report));
        }
    }
}
