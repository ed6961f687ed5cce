-- Version 1. Each later version is a file of its own that changes the one before it.

CREATE TABLE meta (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    schema      INTEGER NOT NULL,
    cluster_id  TEXT    NOT NULL,
    incarnation INTEGER NOT NULL,           -- how often a writer has opened the file: the epoch
    created     INTEGER NOT NULL            -- Unix seconds, to be shown
) STRICT;

CREATE TABLE pools (
    id      INTEGER PRIMARY KEY CHECK (id < 8388608), -- see events.position
    name    TEXT    NOT NULL UNIQUE,
    epoch   INTEGER NOT NULL,               -- of the last open
    opening INTEGER NOT NULL,               -- how often the pool was opened
    version INTEGER NOT NULL,               -- of the last event
    created INTEGER NOT NULL,               -- Unix seconds, to be shown
    denials INTEGER NOT NULL DEFAULT 0      -- how many rows of denials, up to the most that are kept by node
) STRICT;

CREATE TABLE events (
    position INTEGER PRIMARY KEY,           -- pool_id << 40 | version of the first event
    count    INTEGER NOT NULL,
    hash     BLOB    NOT NULL,              -- of the chain, after the last event
    bytes    BLOB    NOT NULL
) STRICT;

CREATE TABLE snapshots (
    id       INTEGER PRIMARY KEY,
    pool_id  INTEGER NOT NULL,
    version  INTEGER NOT NULL,
    hash     BLOB    NOT NULL,
    parts    INTEGER NOT NULL,              -- how many it will have
    stored   INTEGER NOT NULL               -- how many are in; it counts once all are
) STRICT;

CREATE INDEX snapshots_of_pool ON snapshots (pool_id);

CREATE TABLE snapshot_parts (
    snapshot_id INTEGER NOT NULL,
    part        INTEGER NOT NULL,
    bytes       BLOB    NOT NULL,
    PRIMARY KEY (snapshot_id, part)
) STRICT;

CREATE TABLE licenses (
    number    INTEGER PRIMARY KEY,
    id        TEXT    NOT NULL UNIQUE,
    pool_id   INTEGER NOT NULL,
    key_hash  BLOB    NOT NULL UNIQUE,
    file_hash BLOB    NOT NULL UNIQUE,
    key       TEXT    NOT NULL,
    file      BLOB    NOT NULL
) STRICT;

CREATE TABLE denials (
    pool_id INTEGER NOT NULL,
    node    TEXT    NOT NULL,
    reason  TEXT    NOT NULL,
    count   INTEGER NOT NULL,
    first   INTEGER NOT NULL,               -- Unix milliseconds, to be shown
    last    INTEGER NOT NULL,
    PRIMARY KEY (pool_id, node, reason)
) STRICT, WITHOUT ROWID;
