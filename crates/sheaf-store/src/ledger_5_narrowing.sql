-- What format 5 of the ledger adds to format 4, for what the owner of a source says of some of its reports only.
-- What is left empty is as with the source; where both say something, the stricter counts.
CREATE TABLE exchange_narrowing (
    source   TEXT NOT NULL,
    -- 'import', 'dataset' or 'report'.
    scope    TEXT NOT NULL,
    -- The number of the import, the label of the data set, the id of the report.
    of_which TEXT NOT NULL,
    tlp      TEXT,
    pap      TEXT,
    -- Words, sorted, with spaces between.
    groups   TEXT,
    purposes TEXT,
    -- Milliseconds since 1970 in UTC.
    embargo  INTEGER,
    expires  INTEGER,
    PRIMARY KEY (source, scope, of_which)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER audit_narrowing AFTER INSERT ON exchange_narrowing
    BEGIN INSERT INTO audit_due (actor, deed, what)
        VALUES (acting(), 'share:' || NEW.scope || '-' || coalesce(NEW.tlp, 'narrower'), NEW.of_which); END;
CREATE TRIGGER audit_narrowing_gone AFTER DELETE ON exchange_narrowing
    BEGIN INSERT INTO audit_due (actor, deed, what)
        VALUES (acting(), 'share:' || OLD.scope || '-as-source', OLD.of_which); END;
