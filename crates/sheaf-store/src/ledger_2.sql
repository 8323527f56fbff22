-- What format 2 of the ledger adds to format 1: views in layers, a cache of what linking condensed,
-- and how the pool is to be linked. All but the last follows from the rest of the pool and can be
-- made again.

-- What changed since the members part of a linkage, oldest first from 1. Only the newest linkage
-- keeps its layers. 'gone' is a part with the handles that ended, if any did.
CREATE TABLE linkage_layer (
    linkage INTEGER NOT NULL REFERENCES linkage,
    layer   INTEGER NOT NULL,
    members TEXT NOT NULL,
    gone    TEXT,
    PRIMARY KEY (linkage, layer)
) STRICT, WITHOUT ROWID;

-- The same for a settled view; only the newest of each profile keeps its layers.
CREATE TABLE settled_layer (
    settled   INTEGER NOT NULL REFERENCES settled,
    layer     INTEGER NOT NULL,
    incidents TEXT NOT NULL,
    settled_values TEXT NOT NULL,
    gone      TEXT,
    PRIMARY KEY (settled, layer)
) STRICT, WITHOUT ROWID;

-- What a station condensed of the current reports, in pieces from 0.
CREATE TABLE condensed (
    kind   TEXT NOT NULL,
    piece  INTEGER NOT NULL,
    -- xxh3 of its bytes, which is also the name of its file.
    hash   TEXT NOT NULL,
    bytes  INTEGER NOT NULL,
    -- The imports whose current reports this piece and those before it condense: [1, 2, ...]
    basis  TEXT NOT NULL,
    PRIMARY KEY (kind, piece)
) STRICT, WITHOUT ROWID;

-- How the pool is to be linked, each choice a row; the newest stands.
CREATE TABLE linking (
    linking INTEGER PRIMARY KEY,
    method  TEXT NOT NULL,
    name    TEXT NOT NULL,
    text    TEXT NOT NULL,
    at      TEXT NOT NULL
) STRICT;
CREATE TRIGGER linking_is_kept BEFORE DELETE ON linking
    BEGIN SELECT RAISE(ABORT, 'how a pool was linked is never deleted'); END;
CREATE TRIGGER linking_is_fixed BEFORE UPDATE ON linking
    BEGIN SELECT RAISE(ABORT, 'how a pool was linked is never changed'); END;
