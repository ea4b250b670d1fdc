package dev.motorpool.store;

import dev.motorpool.detached.model.RepeatKey;
import dev.motorpool.detached.model.WaitingJob;
import dev.motorpool.json.RawJson;
import dev.motorpool.store.sqlite.SqliteJobStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A process of its own that writes jobs until it is killed, and prints what was committed. Argument: the file. */
final class StoreWriter {

    private StoreWriter() {}

    public static void main(String[] arguments) throws Exception {
        SqliteJobStore store = SqliteJobStore.open(Path.of(arguments[0]));
        List<UUID> before = List.of();
        for (int round = 0; ; round++) {
            List<WaitingJob> jobs = new ArrayList<>();
            for (int i = 0; i < 1 + round % 50; i++) {
                RawJson args = RawJson.of("[\"" + "a".repeat(i % 10 == 9 ? 20_000 : 20) + "\"]");
                jobs.add(new JobDraft().args(args).made());
            }
            List<UUID> ends = before;
            store.write(tables -> {
                for (WaitingJob job : jobs) {
                    tables.insert(job, new RepeatKey("default", "", "", job.id().toString(), "d"));
                }
                for (UUID id : ends) {
                    tables.succeed(id, JobStoreContract.end(1, null), JobStoreContract.VALUE);
                }
            });
            StringBuilder told = new StringBuilder();
            for (WaitingJob job : jobs) {
                told.append("made ").append(job.id()).append('\n');
            }
            for (UUID id : ends) {
                told.append("done ").append(id).append('\n');
            }
            System.out.print(told);
            System.out.flush();
            before = jobs.stream().map(WaitingJob::id).toList();
        }
    }
}
