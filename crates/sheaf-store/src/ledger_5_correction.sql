-- What format 5 of the ledger adds to format 4, for corrections that anyone may send about what is public: what was
-- said, and what was answered. Nobody who sends one is known here. Times are microseconds since 1970 in UTC.

CREATE TABLE correction (
    correction INTEGER PRIMARY KEY,
    -- The alert's id, or the handle of an incident that anyone may see.
    about     TEXT NOT NULL,
    -- The member whose it is to answer; empty for the office that holds the pool.
    member    TEXT NOT NULL,
    text      TEXT NOT NULL,
    -- Where it can be looked up; empty for nothing.
    reference TEXT NOT NULL,
    -- The digest of the word by which whoever sent it reads the answer.
    code      BLOB NOT NULL UNIQUE,
    at        INTEGER NOT NULL
) STRICT;

CREATE TABLE correction_answer (
    correction INTEGER PRIMARY KEY REFERENCES correction,
    verdict TEXT NOT NULL CHECK (verdict IN ('corrected', 'not-corrected', 'noted')),
    text    TEXT NOT NULL,
    member  TEXT NOT NULL,
    account TEXT NOT NULL,
    at      INTEGER NOT NULL
) STRICT;
CREATE TRIGGER correction_is_kept BEFORE DELETE ON correction BEGIN SELECT RAISE(ABORT, 'a correction is never deleted'); END;
CREATE TRIGGER correction_is_fixed BEFORE UPDATE ON correction BEGIN SELECT RAISE(ABORT, 'a correction is never changed'); END;
CREATE TRIGGER correction_answer_is_kept BEFORE DELETE ON correction_answer BEGIN SELECT RAISE(ABORT, 'an answer is never deleted'); END;
CREATE TRIGGER correction_answer_is_fixed BEFORE UPDATE ON correction_answer BEGIN SELECT RAISE(ABORT, 'an answer is never changed'); END;
CREATE TRIGGER audit_correction AFTER INSERT ON correction
    BEGIN INSERT INTO audit_due (actor, deed, what)
        VALUES ('anyone/nobody', 'decision:correct', 'correction-' || NEW.correction); END;
CREATE TRIGGER audit_correction_answer AFTER INSERT ON correction_answer
    BEGIN INSERT INTO audit_due (actor, deed, what)
        VALUES (acting(), 'decision:answer-' || NEW.verdict, 'correction-' || NEW.correction); END;
