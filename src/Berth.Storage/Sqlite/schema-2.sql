-- From version 1 to 2: histories that begin at a base, signed checkpoints, the keys that sign, and copies that give no seat.

ALTER TABLE pools ADD COLUMN base_version INTEGER NOT NULL DEFAULT 0; -- the history begins after it; 0: it is complete

ALTER TABLE snapshots ADD COLUMN base INTEGER NOT NULL DEFAULT 0;     -- 1: a base, in use if its version is the pool's base_version

CREATE TABLE checkpoints (
    number    INTEGER PRIMARY KEY,
    time      INTEGER NOT NULL,             -- Unix milliseconds
    bytes     BLOB    NOT NULL,
    signature BLOB    NOT NULL
) STRICT;

CREATE TABLE member_keys (
    number     INTEGER PRIMARY KEY,
    public_key BLOB    NOT NULL UNIQUE,
    since      INTEGER NOT NULL             -- Unix milliseconds, to be shown
) STRICT;

ALTER TABLE meta ADD COLUMN withheld TEXT;              -- why no seat is given until an operator confirms; NULL: seats are given
ALTER TABLE meta ADD COLUMN withheld_since INTEGER;     -- Unix seconds: when the copy was made, or was noticed
