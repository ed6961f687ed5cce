-- Who is a member, and who owns which shard. Every change of the members and shards but a renewal locks the row of the cluster first,
-- then the row of the member that ends; a renewal locks only its own row. So nobody waits in a circle.

CREATE TABLE cluster (
    one            boolean PRIMARY KEY DEFAULT true CHECK (one),
    id             text    NOT NULL DEFAULT replace(gen_random_uuid()::text, '-', ''),
    name           text    COLLATE "C",            -- NULL: nobody ever joined
    secret_digest  text,                        -- of the secret that the cluster goes by
    former_digest  text,                        -- of the one before, which does not come back
    feature_level  integer NOT NULL DEFAULT 0,
    newest         bigint  NOT NULL DEFAULT 0,  -- the greatest incarnation that was ever given
    member_changes bigint  NOT NULL DEFAULT 0,  -- raised by each change of a member but its counter
    shard_changes  bigint  NOT NULL DEFAULT 0   -- raised by each change of a shard
);
INSERT INTO cluster DEFAULT VALUES;

-- Room in the pages for the counters, which change each second: such a change touches no index.
CREATE TABLE members (
    incarnation   bigint  PRIMARY KEY,
    name          text    COLLATE "C" NOT NULL,
    address       text    COLLATE "C" NOT NULL,
    feature_level integer NOT NULL,
    lease_ms      bigint  NOT NULL,
    ttl_ms        bigint,                       -- the explicit policy; NULL: not said
    strategy      smallint,
    heartbeats    boolean,
    counter       bigint   NOT NULL DEFAULT 0,
    state         smallint NOT NULL DEFAULT 0,  -- 0 up, 1 down, 2 left
    crashes       integer  NOT NULL,
    server_run    text                          -- where its session holds the lock of this incarnation; NULL: not yet
) WITH (fillfactor = 50);
CREATE INDEX members_by_name ON members (name, incarnation);
CREATE INDEX members_up ON members (incarnation) WHERE state = 0;

CREATE TABLE shards (
    shard           integer PRIMARY KEY,
    owner           bigint  REFERENCES members, -- NULL: nobody's
    epoch           bigint  NOT NULL DEFAULT 0,
    former_lease_ms bigint  NOT NULL DEFAULT 0
);
INSERT INTO shards (shard) SELECT generate_series(0, 255);
