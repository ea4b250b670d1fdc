package dev.motorpool.store.sqlite;

import dev.motorpool.detached.store.JobStore;
import dev.motorpool.store.JobStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** The store on SQLite keeps the contract of stores. */
@Tag("service")
class SqliteJobStoreTest extends JobStoreContract {

    @TempDir
    Path dataDir;

    @Override
    public JobStore open() throws Exception {
        return SqliteJobStore.open(dataDir.resolve(SqliteJobStore.FILE));
    }
}
