-- Whom jobs, deliveries and repeat keys belong to. Those that are there belong to the tenant that keys have by default.

ALTER TABLE jobs ADD COLUMN tenant TEXT NOT NULL DEFAULT 'default';
ALTER TABLE deliveries ADD COLUMN tenant TEXT NOT NULL DEFAULT 'default';

-- Lists of one tenant, newest first.
CREATE INDEX jobs_tenant ON jobs (tenant, id);
DROP INDEX jobs_state;
CREATE INDEX jobs_state ON jobs (state, tenant, id) WHERE state <> 3;
DROP INDEX jobs_function;
CREATE INDEX jobs_function ON jobs (tenant, function, pool, id);

CREATE TABLE tenant_tags (
    tenant TEXT NOT NULL,
    name   TEXT NOT NULL,
    value  TEXT NOT NULL,
    job_id BLOB NOT NULL,
    PRIMARY KEY (tenant, name, value, job_id)
) STRICT, WITHOUT ROWID;

INSERT INTO tenant_tags (tenant, name, value, job_id)
    SELECT 'default', name, value, job_id FROM tags ORDER BY name, value, job_id;
DROP TABLE tags;
ALTER TABLE tenant_tags RENAME TO tags;

CREATE TABLE tenant_keys (
    repeat_key INTEGER PRIMARY KEY,
    tenant     TEXT    NOT NULL,
    owner      TEXT    NOT NULL,
    path       TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    digest     TEXT    NOT NULL,
    id         BLOB    NOT NULL,
    look_at    INTEGER NOT NULL, -- when to look whether it is needed any more
    UNIQUE (tenant, owner, path, key)
) STRICT;

INSERT INTO tenant_keys (repeat_key, tenant, owner, path, key, digest, id, look_at)
    SELECT repeat_key, 'default', owner, path, key, digest, id, look_at FROM repeat_keys;
DROP TABLE repeat_keys;
ALTER TABLE tenant_keys RENAME TO repeat_keys;

CREATE INDEX repeat_keys_id ON repeat_keys (id);
CREATE INDEX repeat_keys_look ON repeat_keys (look_at);

PRAGMA user_version = 4;
