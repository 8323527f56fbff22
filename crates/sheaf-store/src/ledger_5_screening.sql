-- What format 5 of the ledger adds to format 4, for objects in whose text somebody may be named. Such a version
-- lies in the log under a class of its own, "held/1;" before its marking, which its contributor alone sees, until
-- a person releases it or a later version takes its place. Times are microseconds since 1970 in UTC.

-- Versions that are or were held.
CREATE TABLE exchange_held (
    seq      INTEGER PRIMARY KEY REFERENCES exchange_object,
    -- Where what sort of thing was found, never the thing.
    why      TEXT NOT NULL,
    since    INTEGER NOT NULL,
    released INTEGER,
    -- The reason of whoever released it.
    because  TEXT
) STRICT;
CREATE TRIGGER audit_held AFTER INSERT ON exchange_held
    BEGIN INSERT INTO audit_due (actor, deed, what)
        SELECT acting(), 'decision:hold', n.id FROM exchange_object o JOIN exchange_name n USING (name)
        WHERE o.seq = NEW.seq; END;
CREATE TRIGGER audit_released AFTER UPDATE OF released ON exchange_held WHEN NEW.released IS NOT NULL
    BEGIN INSERT INTO audit_due (actor, deed, what)
        SELECT acting(), 'decision:release-held', n.id FROM exchange_object o JOIN exchange_name n USING (name)
        WHERE o.seq = NEW.seq; END;

-- What a person said is nobody: hashes of where and what. A later version with nothing else in it is not held.
CREATE TABLE exchange_passed (
    name INTEGER NOT NULL REFERENCES exchange_name,
    mark BLOB NOT NULL,
    PRIMARY KEY (name, mark)
) STRICT, WITHOUT ROWID;
