-- What format 5 of the ledger adds to format 4, for the chain of custody: what was handed in, by which way, and
-- what made reports of it. Imports from before have no such row.

CREATE TABLE custody (
    import    INTEGER PRIMARY KEY REFERENCES import,
    -- SHA-256 of the bytes as they came.
    original  BLOB NOT NULL CHECK (length(original) = 32),
    -- terminal, desk
    channel   TEXT NOT NULL,
    -- Version of the program that read them.
    version   TEXT NOT NULL,
    -- By what they were read besides, a JSON list of words.
    how       TEXT NOT NULL
) STRICT;
CREATE INDEX custody_by_original ON custody (original);
CREATE TRIGGER custody_is_kept BEFORE DELETE ON custody
    BEGIN SELECT RAISE(ABORT, 'a record of custody is never deleted'); END;
CREATE TRIGGER custody_is_fixed BEFORE UPDATE ON custody
    BEGIN SELECT RAISE(ABORT, 'a record of custody is never changed'); END;

-- Original bytes that their contributor keeps here, sealed, in originals/<original>.sealed; until when, in UTC.
CREATE TABLE kept_original (
    original BLOB PRIMARY KEY CHECK (length(original) = 32),
    until    TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER audit_original_kept AFTER INSERT ON kept_original
    BEGIN INSERT INTO audit_due (actor, deed, what) VALUES (acting(), 'admin:keep-original', lower(hex(NEW.original))); END;
CREATE TRIGGER audit_original_gone AFTER DELETE ON kept_original
    BEGIN INSERT INTO audit_due (actor, deed, what) VALUES (acting(), 'admin:drop-original', lower(hex(OLD.original))); END;
