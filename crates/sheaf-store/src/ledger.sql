-- The ledger of a pool, format 1, but for `linking.sql`. Rows here are what makes a part exist: a
-- part that no row names is swept away. What was taken in and what people decided is only ever
-- appended; the triggers at the end hold that.

CREATE TABLE source (
    source       INTEGER PRIMARY KEY,
    name         TEXT NOT NULL,
    title        TEXT NOT NULL,
    organisation TEXT NOT NULL,
    licence      TEXT NOT NULL,
    credit       TEXT NOT NULL,
    kind         TEXT NOT NULL,
    -- [[first day, what was different], ...]
    eras         TEXT NOT NULL,
    UNIQUE (name, title, organisation, licence, credit, kind, eras)
) STRICT;

CREATE TABLE part (
    hash  TEXT NOT NULL,
    kind  TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    n_rows INTEGER NOT NULL,
    -- blake3 of its footer, so that opening a pool can check more than lengths.
    footer TEXT NOT NULL,
    PRIMARY KEY (hash, kind)
) STRICT, WITHOUT ROWID;

-- One file taken in.
CREATE TABLE import (
    import     INTEGER PRIMARY KEY,
    source     INTEGER NOT NULL REFERENCES source,
    reader     TEXT NOT NULL,
    file       TEXT NOT NULL,
    dataset    TEXT NOT NULL,
    version    TEXT,
    content    BLOB NOT NULL,
    bytes      INTEGER NOT NULL,
    taken_at   TEXT NOT NULL,
    reports    TEXT NOT NULL,
    claims     TEXT NOT NULL,
    notes      TEXT NOT NULL,
    -- How many of its reports bear a key that an earlier report of the same file bears.
    n_repeated INTEGER NOT NULL,
    -- Against the vintage before it, if any.
    previous   INTEGER REFERENCES import,
    n_added     INTEGER NOT NULL,
    n_revised   INTEGER NOT NULL,
    n_deleted   INTEGER NOT NULL,
    n_unchanged INTEGER NOT NULL,
    same_label  INTEGER REFERENCES import
) STRICT;
CREATE INDEX import_by_content ON import (content);

-- What became of each column.
CREATE TABLE import_column (
    import INTEGER NOT NULL REFERENCES import,
    number INTEGER NOT NULL,
    name   TEXT NOT NULL,
    fate   TEXT NOT NULL,
    what   TEXT NOT NULL,
    PRIMARY KEY (import, number)
) STRICT, WITHOUT ROWID;

-- How the reading adds up. 'reports' has no code.
CREATE TABLE import_tally (
    import INTEGER NOT NULL REFERENCES import,
    of     TEXT NOT NULL,
    code   TEXT NOT NULL,
    n      INTEGER NOT NULL,
    PRIMARY KEY (import, of, code)
) STRICT, WITHOUT ROWID;

-- Other data sets of the same source, current when this import came, that hold some of its keys.
CREATE TABLE import_overlap (
    import    INTEGER NOT NULL REFERENCES import,
    other     INTEGER NOT NULL REFERENCES import,
    n_shared  INTEGER NOT NULL,
    n_revised INTEGER NOT NULL,
    PRIMARY KEY (import, other)
) STRICT, WITHOUT ROWID;

CREATE TABLE judgement (
    judgement  INTEGER PRIMARY KEY,
    left_id    TEXT NOT NULL,
    right_id   TEXT NOT NULL,
    verdict    TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    because    TEXT NOT NULL,
    at         TEXT NOT NULL,
    CHECK (left_id < right_id)
) STRICT;

CREATE TABLE withdrawal (
    judgement    INTEGER PRIMARY KEY REFERENCES judgement,
    withdrawn_by TEXT NOT NULL,
    at           TEXT NOT NULL
) STRICT;

-- Each linking of the pool. Only the newest keeps its members part.
CREATE TABLE linkage (
    linkage     INTEGER PRIMARY KEY,
    basis       BLOB NOT NULL,
    settings    TEXT NOT NULL,
    model       TEXT NOT NULL,
    at          TEXT NOT NULL,
    members     TEXT NOT NULL,
    n_reports   INTEGER NOT NULL,
    n_incidents INTEGER NOT NULL
) STRICT;

-- What became of a handle that a linking no longer gave: one row for each incident that now holds
-- reports of it; 'became' is empty when none of its reports is current any more.
CREATE TABLE handle_history (
    handle    TEXT NOT NULL,
    linkage   INTEGER NOT NULL REFERENCES linkage,
    became    TEXT,
    n_reports INTEGER NOT NULL,
    UNIQUE (handle, linkage, became)
) STRICT;

-- Settled views, which can be thrown away and made again.
CREATE TABLE settled (
    settled INTEGER PRIMARY KEY,
    basis   BLOB NOT NULL,
    profile TEXT NOT NULL,
    at      TEXT NOT NULL,
    incidents TEXT NOT NULL,
    settled_values TEXT NOT NULL,
    n_incidents INTEGER NOT NULL
) STRICT;

CREATE TRIGGER import_is_kept BEFORE DELETE ON import
    BEGIN SELECT RAISE(ABORT, 'an import is never deleted'); END;
CREATE TRIGGER import_is_fixed BEFORE UPDATE ON import
    BEGIN SELECT RAISE(ABORT, 'an import is never changed'); END;
CREATE TRIGGER judgement_is_kept BEFORE DELETE ON judgement
    BEGIN SELECT RAISE(ABORT, 'a judgement is never deleted, only withdrawn'); END;
CREATE TRIGGER judgement_is_fixed BEFORE UPDATE ON judgement
    BEGIN SELECT RAISE(ABORT, 'a judgement is never changed, only withdrawn'); END;
CREATE TRIGGER withdrawal_is_kept BEFORE DELETE ON withdrawal
    BEGIN SELECT RAISE(ABORT, 'a withdrawal is never deleted'); END;
CREATE TRIGGER withdrawal_is_fixed BEFORE UPDATE ON withdrawal
    BEGIN SELECT RAISE(ABORT, 'a withdrawal is never changed'); END;
CREATE TRIGGER handle_history_is_kept BEFORE DELETE ON handle_history
    BEGIN SELECT RAISE(ABORT, 'what became of a handle is never deleted'); END;
CREATE TRIGGER handle_history_is_fixed BEFORE UPDATE ON handle_history
    BEGIN SELECT RAISE(ABORT, 'what became of a handle is never changed'); END;
