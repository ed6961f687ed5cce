-- The journal, version 1. Texts are compared by their bytes, whatever the database's collation.

CREATE TABLE pools (
    id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name         text    COLLATE "C" NOT NULL UNIQUE,
    epoch        bigint  NOT NULL DEFAULT 0,        -- of the last open
    opening      bigint  NOT NULL DEFAULT 0,        -- how often the pool was opened
    base_version bigint  NOT NULL DEFAULT 0,        -- the history begins after it; 0: it is complete
    created      bigint  NOT NULL                   -- Unix seconds, to be shown
) WITH (fillfactor = 50);                           -- an open changes no indexed column: there is room for its version on the page

CREATE TABLE events (
    pool_id integer NOT NULL,
    first   bigint  NOT NULL,                       -- version of the first event
    count   integer NOT NULL,
    hash    bytea   NOT NULL,                       -- of the chain, after the last event
    bytes   bytea   NOT NULL,
    PRIMARY KEY (pool_id, first)
) WITH (toast_tuple_target = 8160);                 -- batches of up to 8 kB stay in the row

CREATE TABLE snapshots (
    id      bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    pool_id integer NOT NULL,
    base    boolean NOT NULL,                       -- a base, in use if its version is the pool's base_version
    version bigint  NOT NULL,
    hash    bytea   NOT NULL,
    parts   integer NOT NULL,                       -- how many it will have
    stored  integer NOT NULL                        -- how many are in; it counts once all are
);

CREATE INDEX snapshots_of_pool ON snapshots (pool_id);

CREATE TABLE snapshot_parts (
    snapshot_id bigint  NOT NULL,
    part        integer NOT NULL,
    bytes       bytea   NOT NULL,
    PRIMARY KEY (snapshot_id, part)
);

CREATE TABLE licenses (
    id        text    COLLATE "C" PRIMARY KEY,
    pool_id   integer NOT NULL,
    key_hash  bytea   NOT NULL UNIQUE,
    file_hash bytea   NOT NULL UNIQUE,
    key       bytea   NOT NULL,                     -- UTF-8
    file      bytea   NOT NULL
);

CREATE TABLE denials (
    pool_id integer NOT NULL,
    node    text    COLLATE "C" NOT NULL,
    reason  text    COLLATE "C" NOT NULL,
    count   bigint  NOT NULL,
    first   bigint  NOT NULL,                       -- Unix milliseconds, to be shown
    last    bigint  NOT NULL,
    PRIMARY KEY (pool_id, node, reason)
);

-- Beside the pools, because an append must not wait for a denial.
CREATE TABLE denial_rows (
    pool_id integer PRIMARY KEY,
    stored  integer NOT NULL                        -- how many rows of denials, up to the most that are kept by node
);

CREATE TABLE checkpoints (
    number    bigint PRIMARY KEY,
    time      bigint NOT NULL,                      -- Unix milliseconds
    bytes     bytea  NOT NULL,
    signature bytea  NOT NULL
);

CREATE TABLE member_keys (
    number     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_key bytea  NOT NULL UNIQUE,
    since      bigint NOT NULL                      -- Unix milliseconds, to be shown
);

-- Bytes that do not fit into the row are not compressed: an append would pay for it.
ALTER TABLE events ALTER COLUMN bytes SET STORAGE EXTERNAL;
ALTER TABLE snapshot_parts ALTER COLUMN bytes SET STORAGE EXTERNAL;
ALTER TABLE licenses ALTER COLUMN file SET STORAGE EXTERNAL;
