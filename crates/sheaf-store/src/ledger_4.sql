-- What format 4 of the ledger adds to format 3: how objects travel between pools. Times are microseconds
-- since 1970 in UTC.

-- An object that another pool passed on. What has no row here was brought here first.
CREATE TABLE exchange_travel (
    name   INTEGER PRIMARY KEY REFERENCES exchange_name,
    -- The node at which it was brought in first.
    origin TEXT NOT NULL,
    -- Over how many nodes it came from there.
    hops   INTEGER NOT NULL,
    -- Whether its notice says that we may see no more of it, rather than that it is gone for everybody.
    narrowed INTEGER NOT NULL
) STRICT;

-- From which node a row of the log came, so that it is not sent back there.
CREATE TABLE exchange_via (
    seq  INTEGER PRIMARY KEY REFERENCES exchange_object,
    node TEXT NOT NULL
) STRICT;

-- A collection elsewhere with which one of ours is kept in step, and how far that has come.
CREATE TABLE exchange_peer (
    peer       INTEGER PRIMARY KEY,
    -- The address of the collection there.
    url        TEXT NOT NULL,
    collection INTEGER NOT NULL REFERENCES exchange_collection,
    -- Which member it is here.
    member     TEXT NOT NULL,
    -- Its node, where it said so; empty for servers that are no sheaf.
    node       TEXT NOT NULL DEFAULT '',
    -- Pulled: everything added there up to pull_after and, while pull_next stands, the pages before it.
    pull_after TEXT NOT NULL DEFAULT '',
    pull_next  TEXT NOT NULL DEFAULT '',
    pull_last  TEXT NOT NULL DEFAULT '',
    gone_after TEXT NOT NULL DEFAULT '',
    -- Pushed: everything added here, and everything withdrawn here, up to these stamps.
    push_after INTEGER NOT NULL DEFAULT 0,
    push_gone_after INTEGER NOT NULL DEFAULT 0,
    UNIQUE (url, collection)
) STRICT;
