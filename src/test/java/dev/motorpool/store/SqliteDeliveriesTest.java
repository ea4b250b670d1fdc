package dev.motorpool.store;

import dev.motorpool.detached.store.JobStore;
import dev.motorpool.store.sqlite.SqliteJobStore;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** The store on SQLite keeps the contract of stores for deliveries. */
@Tag("service")
class SqliteDeliveriesTest extends DeliveryContract {

    @TempDir
    Path dataDir;

    @Override
    JobStore open() throws Exception {
        return SqliteJobStore.open(dataDir.resolve(SqliteJobStore.FILE));
    }
}
