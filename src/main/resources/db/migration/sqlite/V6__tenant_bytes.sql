-- Stored bytes of tenants that have a limit of them. The service makes the triggers that keep the rows true, for those
-- tenants only.
CREATE TABLE tenant_bytes (
    tenant TEXT PRIMARY KEY,
    bytes  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 6;
