-- Motorpool's detached jobs.
--
-- Times are microseconds since 1970, lengths of time are nanoseconds. States are 0 scheduled, 1 queued, 2 running and,
-- final, 3 succeeded, 4 failed, 5 cancelled, 6 expired.

-- What changes with a job's life and what is small. A job's arguments, or its value, are here (args, kwargs; value) if
-- they are short, else in a table of their own, so that no change of state writes them again.
CREATE TABLE jobs (
    job                 INTEGER PRIMARY KEY,
    id                  BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    state               INTEGER NOT NULL CHECK (state BETWEEN 0 AND 6),
    was                 INTEGER, -- the state before
    attempt             INTEGER NOT NULL DEFAULT 0 CHECK (attempt >= 0),
    pool                TEXT    NOT NULL,
    function            TEXT    NOT NULL,
    verb                TEXT    NOT NULL,
    priority            INTEGER NOT NULL CHECK (priority BETWEEN -100 AND 100),
    age                 INTEGER NOT NULL,
    retries             INTEGER NOT NULL CHECK (retries >= 0),
    retries_left        INTEGER NOT NULL CHECK (retries_left BETWEEN 0 AND retries),
    interruptions       INTEGER NOT NULL DEFAULT 0 CHECK (interruptions >= 0),
    retry_delay         INTEGER NOT NULL,
    retain              INTEGER NOT NULL,
    timeout             INTEGER,
    expires             INTEGER,
    map_count           INTEGER,
    map_chunksize       INTEGER,
    map_collect         INTEGER CHECK (map_collect IN (0, 1)),
    created_at          INTEGER NOT NULL,
    due_at              INTEGER,
    expires_at          INTEGER,
    -- The latest attempt that was recorded; earlier ones are in attempts.
    attempt_started_at  INTEGER,
    attempt_finished_at INTEGER,
    attempt_pid         INTEGER,
    attempt_worker      TEXT,
    queue_nanos         INTEGER NOT NULL DEFAULT 0,
    run_nanos           INTEGER NOT NULL DEFAULT 0,
    finished_at         INTEGER,
    forget_at           INTEGER,
    tags                TEXT,
    attempt_error       BLOB,
    error               BLOB,
    progress            BLOB,
    kwargs              BLOB,
    args                BLOB,
    value               BLOB,

    -- The ways between states, as dev.motorpool.detached.JobTables tells them.
    CHECK (CASE was
        WHEN 0 THEN state IN (1, 5, 6)
        WHEN 1 THEN state IN (0, 2, 3, 4, 5, 6)
        WHEN 2 THEN state IN (0, 1, 3, 4, 5)
        WHEN 3 THEN 0
        WHEN 4 THEN state = 1
        WHEN 5 THEN state = 1
        WHEN 6 THEN state = 1
        ELSE state IN (0, 1) AND was IS NULL
    END),
    -- A later start is known for what is scheduled, and for nothing else.
    CHECK ((state = 0) = (due_at IS NOT NULL)),
    -- What is final has an end and is forgotten some time, and nothing else has.
    CHECK ((state >= 3) = (finished_at IS NOT NULL)),
    CHECK ((state >= 3) = (forget_at IS NOT NULL)),
    -- What ended without success says why, and nothing else does.
    CHECK ((state >= 4) = (error IS NOT NULL)),
    CHECK (value IS NULL OR state = 3),
    -- An attempt has begun; what runs has not ended; what does not run has.
    CHECK ((attempt > 0) = (attempt_started_at IS NOT NULL)),
    CHECK ((attempt > 0 AND state <> 2) = (attempt_finished_at IS NOT NULL)),
    CHECK (attempt > 0 OR state NOT IN (2, 3, 4)),
    -- Only what has not started in its round can expire.
    CHECK (expires_at IS NULL OR state <= 1),
    CHECK ((map_count IS NULL) = (map_chunksize IS NULL) AND (map_count IS NULL) = (map_collect IS NULL))
) STRICT;

-- Queued jobs of a pool in their order.
CREATE INDEX jobs_waiting ON jobs (pool, priority DESC, age, id) WHERE state = 1;
CREATE INDEX jobs_due ON jobs (due_at, pool) WHERE due_at IS NOT NULL;
CREATE INDEX jobs_expiring ON jobs (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX jobs_staying ON jobs (forget_at) WHERE forget_at IS NOT NULL;
-- Lists, newest first.
CREATE INDEX jobs_state ON jobs (state, id) WHERE state <> 3;
CREATE INDEX jobs_function ON jobs (function, pool, id);

CREATE TABLE tags (
    name   TEXT NOT NULL,
    value  TEXT NOT NULL,
    job_id BLOB NOT NULL,
    PRIMARY KEY (name, value, job_id)
) STRICT, WITHOUT ROWID;

-- Arguments that are not short.
CREATE TABLE arguments (
    job    INTEGER PRIMARY KEY,
    kwargs BLOB NOT NULL,
    args   BLOB NOT NULL
) STRICT;

-- Values that are not short.
CREATE TABLE job_values (
    job   INTEGER PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;

-- The last of what jobs printed.
CREATE TABLE outputs (
    job   INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;

-- Attempts before the latest.
CREATE TABLE attempts (
    job         INTEGER NOT NULL,
    attempt     INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    finished_at INTEGER,
    pid         INTEGER NOT NULL,
    worker      TEXT,
    error       BLOB,
    PRIMARY KEY (job, attempt)
) STRICT;

-- Results of maps' items; dev.motorpool.detached.MapResults tells the form of the bytes.
CREATE TABLE results (
    job         INTEGER NOT NULL,
    first_index INTEGER NOT NULL,
    first_seq   INTEGER NOT NULL,
    count       INTEGER NOT NULL CHECK (count > 0),
    failed      INTEGER NOT NULL CHECK (failed IN (0, 1)),
    bytes       BLOB    NOT NULL,
    PRIMARY KEY (job, first_index)
) STRICT;

CREATE UNIQUE INDEX results_seq ON results (job, first_seq);

-- Keys that make calls safe to repeat; they stay after their jobs.
CREATE TABLE repeat_keys (
    repeat_key INTEGER PRIMARY KEY,
    owner      TEXT    NOT NULL,
    path       TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    digest     TEXT    NOT NULL,
    id         BLOB    NOT NULL,
    look_at    INTEGER NOT NULL, -- when to look whether it is needed any more
    UNIQUE (owner, path, key)
) STRICT;

CREATE INDEX repeat_keys_id ON repeat_keys (id);
CREATE INDEX repeat_keys_look ON repeat_keys (look_at);

-- Pools that were made or changed by clients.
CREATE TABLE pools (
    name     TEXT PRIMARY KEY,
    state    TEXT NOT NULL CHECK (state IN ('running', 'paused', 'closed', 'terminated')),
    settings TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row, written at each start: shows that the file can be written.
CREATE TABLE starts (
    only      INTEGER PRIMARY KEY CHECK (only = 1),
    opened_at INTEGER NOT NULL
) STRICT;

-- Known from the first page of the file: whose it is, and what this version of it can be read by.
PRAGMA application_id = 1297108812; -- "MPOL"
PRAGMA user_version = 1;
