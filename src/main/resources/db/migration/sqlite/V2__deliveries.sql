-- Webhooks: where the ends of jobs are told, and the deliveries that are on their way.

ALTER TABLE jobs ADD COLUMN callback TEXT;
ALTER TABLE jobs ADD COLUMN error_callback TEXT;
-- Grows with each retry by hand: a job has one end in each round, and one delivery of it.
ALTER TABLE jobs ADD COLUMN round INTEGER NOT NULL DEFAULT 1;

-- States are 0 pending and, ended, 1 delivered, 2 failed. A delivery outlives its job. Its body is here if it is short.
CREATE TABLE deliveries (
    delivery   INTEGER PRIMARY KEY,
    job_id     BLOB    NOT NULL CHECK (length(job_id) = 16),
    round      INTEGER NOT NULL CHECK (round > 0),
    state      INTEGER NOT NULL CHECK (state BETWEEN 0 AND 2),
    receiver   TEXT    NOT NULL, -- scheme, host and port of the URL
    url        TEXT    NOT NULL,
    type       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    due_at     INTEGER,
    forget_at  INTEGER,
    tries      INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0), -- since it was made, or was last retried by hand
    log        BLOB, -- the latest tries, as the API tells them
    body       BLOB,
    UNIQUE (job_id, round),
    CHECK ((state = 0) = (due_at IS NOT NULL)),
    CHECK ((state = 0) = (forget_at IS NULL)),
    CHECK (state = 0 OR log IS NOT NULL)
) STRICT;

CREATE INDEX deliveries_due ON deliveries (receiver, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX deliveries_staying ON deliveries (forget_at) WHERE forget_at IS NOT NULL;

-- Bodies that are not short.
CREATE TABLE delivery_bodies (
    delivery INTEGER PRIMARY KEY,
    body     BLOB NOT NULL
) STRICT;

PRAGMA user_version = 2;
