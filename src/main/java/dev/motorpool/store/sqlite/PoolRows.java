package dev.motorpool.store.sqlite;

import dev.motorpool.detached.store.StoreException;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.MalformedJsonException;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.PoolStore.KeptPool;
import dev.motorpool.pool.PoolStore.Wanted;
import dev.motorpool.pool.settings.InvalidSettingException;
import dev.motorpool.pool.settings.PoolPatch;
import dev.motorpool.pool.settings.PoolPatchJson;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The kept pools: their settings as JSON, in the form of {@code PUT /v1/pools/{name}}. */
final class PoolRows {

    private final Database database;

    PoolRows(Database database) {
        this.database = database;
    }

    Map<String, KeptPool> load() throws StoreException {
        Map<String, KeptPool> pools = new TreeMap<>();
        try (Rows rows = database.sql("SELECT name, state, settings FROM pools").rows()) {
            while (rows.next()) {
                String name = rows.word();
                Wanted state = Wanted.valueOf(rows.word().toUpperCase(Locale.ROOT));
                pools.put(name, new KeptPool(settings(name, rows.word()), state));
            }
        }
        return pools;
    }

    private static PoolPatch settings(String name, String text) throws StoreException {
        try {
            return PoolPatchJson.read(RawJson.of(text));
        } catch (MalformedJsonException | InvalidSettingException e) {
            throw new StoreException("The settings of pool " + name + " in the store cannot be read.", e);
        }
    }

    void keep(Map<String, KeptPool> pools) throws StoreException {
        database.sql("DELETE FROM pools").run();
        for (Map.Entry<String, KeptPool> pool : pools.entrySet()) {
            JsonWriter settings = new JsonWriter();
            settings.beginObject();
            PoolPatchJson.write(pool.getValue().given(), settings);
            settings.endObject();
            database.sql("INSERT INTO pools (name, state, settings) VALUES (?, ?, ?)")
                    .with(pool.getKey())
                    .with(pool.getValue().state().name().toLowerCase(Locale.ROOT))
                    .with(settings.toRawJson().toString())
                    .run();
        }
    }
}
