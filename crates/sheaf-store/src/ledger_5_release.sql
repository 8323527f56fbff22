-- What format 5 of the ledger adds to format 4, for what becomes public: somebody asks, somebody else of the same
-- member decides. Times are microseconds since 1970 in UTC.

CREATE TABLE release (
    release    INTEGER PRIMARY KEY,
    -- 'alert' for an incident that the public is told of, 'marking' for a source that becomes TLP:CLEAR.
    kind       TEXT NOT NULL CHECK (kind IN ('alert', 'marking')),
    -- The handle of the incident, or the source.
    subject    TEXT NOT NULL,
    member     TEXT NOT NULL,
    -- What is asked for, to the letter: the alert as it would go out, or the marking as a line.
    asked      TEXT NOT NULL,
    -- What it rests on as that was marked then: of an alert, its reports with the marking of each (JSON); of a
    -- marking, the one that held, or nothing.
    rests_on   TEXT NOT NULL,
    because    TEXT NOT NULL,
    asked_by   TEXT NOT NULL,
    -- In which of its roles the account asked.
    asked_as   TEXT NOT NULL,
    asked_at   INTEGER NOT NULL,
    -- When what was asked for is over in any case, in milliseconds since 1970.
    expires    INTEGER,
    state      TEXT NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'granted', 'refused', 'withdrawn')),
    decided_by TEXT CHECK (decided_by <> asked_by),
    decided_at INTEGER,
    decided_because TEXT,
    -- The alert as it went out.
    sent       TEXT,
    withdrawn_by TEXT,
    withdrawn_at INTEGER,
    withdrawn_because TEXT,
    -- The alert that called it off, where it had gone out.
    recall     TEXT
) STRICT;
CREATE TRIGGER release_is_kept BEFORE DELETE ON release
    BEGIN SELECT RAISE(ABORT, 'what was asked and decided is never deleted'); END;
CREATE TRIGGER release_is_fixed BEFORE UPDATE OF
        kind, subject, member, asked, rests_on, because, asked_by, asked_as, asked_at, expires ON release
    BEGIN SELECT RAISE(ABORT, 'what was asked is never changed'); END;
CREATE TRIGGER audit_release AFTER INSERT ON release
    BEGIN INSERT INTO audit_due (actor, deed, what)
        VALUES (acting(), 'decision:ask-release-' || NEW.kind, NEW.subject); END;
CREATE TRIGGER audit_release_decided AFTER UPDATE OF state ON release
    BEGIN INSERT INTO audit_due (actor, deed, what)
        VALUES (acting(), 'decision:release-' || NEW.state || '-' || NEW.kind, NEW.subject); END;
