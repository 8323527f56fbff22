-- What format 5 of the ledger adds to format 4, for the follow-up between organisations: who asks whom for what, about
-- which incident, and who leads. Nothing of it is ever changed or deleted. Times are microseconds since 1970 in UTC.

CREATE TABLE asked (
    asked    INTEGER PRIMARY KEY,
    -- A report of the incident, which leads to it however it is linked.
    report   TEXT NOT NULL,
    from_member TEXT NOT NULL,
    to_member   TEXT NOT NULL CHECK (to_member <> from_member),
    what     TEXT NOT NULL,
    -- The day by which; empty for none.
    due      TEXT NOT NULL,
    account  TEXT NOT NULL,
    at       INTEGER NOT NULL
) STRICT;
CREATE INDEX asked_by_report ON asked (report);

-- What was said on it: answered and refused by whom was asked, withdrawn by who asks, remarks by either.
CREATE TABLE asked_said (
    said    INTEGER PRIMARY KEY,
    asked   INTEGER NOT NULL REFERENCES asked,
    kind    TEXT NOT NULL CHECK (kind IN ('answer', 'refuse', 'withdraw', 'remark')),
    text    TEXT NOT NULL,
    member  TEXT NOT NULL,
    account TEXT NOT NULL,
    at      INTEGER NOT NULL
) STRICT;
CREATE INDEX asked_said_by_asked ON asked_said (asked);

-- Who leads: taken, handed over to another, accepted by it, given up.
CREATE TABLE lead_act (
    act     INTEGER PRIMARY KEY,
    report  TEXT NOT NULL,
    done    TEXT NOT NULL CHECK (done IN ('take', 'hand-over', 'accept', 'give-up')),
    member  TEXT NOT NULL,
    to_member TEXT NOT NULL,
    because TEXT NOT NULL,
    account TEXT NOT NULL,
    at      INTEGER NOT NULL
) STRICT;
-- What members remark on an incident, for members who see it. It hangs on a report, which leads to the incident however it
-- is linked.
CREATE TABLE remark (
    remark  INTEGER PRIMARY KEY,
    report  TEXT NOT NULL,
    text    TEXT NOT NULL,
    member  TEXT NOT NULL,
    account TEXT NOT NULL,
    at      INTEGER NOT NULL
) STRICT;
CREATE INDEX remark_by_report ON remark (report);
CREATE TRIGGER remark_is_kept BEFORE DELETE ON remark BEGIN SELECT RAISE(ABORT, 'what was remarked is never deleted'); END;
CREATE TRIGGER remark_is_fixed BEFORE UPDATE ON remark BEGIN SELECT RAISE(ABORT, 'what was remarked is never changed'); END;
CREATE TRIGGER audit_remark AFTER INSERT ON remark
    BEGIN INSERT INTO audit_due (actor, deed, what) VALUES (acting(), 'decision:remark', NEW.report); END;
CREATE TRIGGER asked_is_kept BEFORE DELETE ON asked BEGIN SELECT RAISE(ABORT, 'what was asked is never deleted'); END;
CREATE TRIGGER asked_is_fixed BEFORE UPDATE ON asked BEGIN SELECT RAISE(ABORT, 'what was asked is never changed'); END;
CREATE TRIGGER asked_said_is_kept BEFORE DELETE ON asked_said BEGIN SELECT RAISE(ABORT, 'what was said is never deleted'); END;
CREATE TRIGGER asked_said_is_fixed BEFORE UPDATE ON asked_said BEGIN SELECT RAISE(ABORT, 'what was said is never changed'); END;
CREATE TRIGGER lead_act_is_kept BEFORE DELETE ON lead_act BEGIN SELECT RAISE(ABORT, 'who led is never deleted'); END;
CREATE TRIGGER lead_act_is_fixed BEFORE UPDATE ON lead_act BEGIN SELECT RAISE(ABORT, 'who led is never changed'); END;
CREATE TRIGGER audit_asked AFTER INSERT ON asked
    BEGIN INSERT INTO audit_due (actor, deed, what) VALUES (acting(), 'decision:ask', 'request-' || NEW.asked); END;
CREATE TRIGGER audit_asked_said AFTER INSERT ON asked_said
    BEGIN INSERT INTO audit_due (actor, deed, what) VALUES (acting(), 'decision:' || NEW.kind, 'request-' || NEW.asked); END;
CREATE TRIGGER audit_lead_act AFTER INSERT ON lead_act
    BEGIN INSERT INTO audit_due (actor, deed, what) VALUES (acting(), 'decision:' || NEW.done || '-lead', NEW.report); END;
