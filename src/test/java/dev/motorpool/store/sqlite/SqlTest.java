package dev.motorpool.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.testing.Eventually;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqlTest {

    @TempDir
    Path dataDir;

    /** A statement is kept for the next run: with the largest job or value in each of them, they would fill the heap. */
    @Test
    void aStatementThatHasRunHoldsNoLargeParameter() throws Exception {
        try (Database database = Database.writer(dataDir.resolve("some.db"))) {
            database.execute("CREATE TABLE things (a BLOB, b TEXT)");
            WeakReference<Object> parameter = insert(database);

            Eventually.within(Duration.ofSeconds(30), () -> {
                System.gc();
                assertThat(parameter.get()).isNull();
            });
            assertThat(database.sql("SELECT length(a) FROM things WHERE b = ?")
                            .with("b")
                            .number(0))
                    .isEqualTo(1 << 20);
            assertThat(database.sql("INSERT INTO things VALUES (?, ?)")
                            .with(new byte[2])
                            .with("c")
                            .run())
                    .isEqualTo(1);
            assertThat(database.sql("SELECT length(a) FROM things WHERE b = ?")
                            .with("c")
                            .number(0))
                    .isEqualTo(2);
        }
    }

    private static WeakReference<Object> insert(Database database) throws Exception {
        byte[] large = new byte[1 << 20];
        database.sql("INSERT INTO things VALUES (?, ?)").with(large).with("b").run();
        return new WeakReference<>(large);
    }
}
