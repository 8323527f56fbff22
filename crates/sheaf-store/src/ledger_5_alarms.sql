-- What format 5 of the ledger adds to format 4, for early warning: each run of the daily watch, what it saw, and what
-- people did about it. Nothing of it is ever changed or deleted. Times are microseconds since 1970 in UTC.

CREATE TABLE alarm_run (
    run    INTEGER PRIMARY KEY,
    -- The day that was looked at, the last of the data.
    on_day TEXT NOT NULL,
    ran_at INTEGER NOT NULL,
    -- From what: the same again on the same day sees the same, and is not kept twice.
    basis  TEXT NOT NULL,
    -- What was looked for and how, as JSON.
    how    TEXT NOT NULL,
    UNIQUE (on_day, basis)
) STRICT;

CREATE TABLE alarm (
    alarm     INTEGER PRIMARY KEY,
    -- cluster or rise
    sign      TEXT NOT NULL,
    first_run INTEGER NOT NULL REFERENCES alarm_run
) STRICT;

-- What a run saw of an alarm, as JSON.
CREATE TABLE alarm_seen (
    alarm INTEGER NOT NULL REFERENCES alarm,
    run   INTEGER NOT NULL REFERENCES alarm_run,
    seen  TEXT NOT NULL,
    PRIMARY KEY (alarm, run)
) STRICT, WITHOUT ROWID;

-- What people did: acknowledge, assign, close.
CREATE TABLE alarm_act (
    act     INTEGER PRIMARY KEY,
    alarm   INTEGER NOT NULL REFERENCES alarm,
    done    TEXT NOT NULL CHECK (done IN ('acknowledge', 'assign', 'close')),
    -- To which member, where it was assigned.
    to_whom TEXT NOT NULL,
    -- hit, false-alarm, cannot-tell, where it was closed.
    verdict TEXT NOT NULL,
    -- The day on which it was known without the alarm, where somebody says.
    known_on TEXT NOT NULL,
    because TEXT NOT NULL,
    by_whom TEXT NOT NULL,
    at      INTEGER NOT NULL
) STRICT;
CREATE TRIGGER alarm_run_is_kept BEFORE DELETE ON alarm_run BEGIN SELECT RAISE(ABORT, 'a run is never deleted'); END;
CREATE TRIGGER alarm_is_kept BEFORE DELETE ON alarm BEGIN SELECT RAISE(ABORT, 'an alarm is never deleted'); END;
CREATE TRIGGER alarm_seen_is_kept BEFORE DELETE ON alarm_seen BEGIN SELECT RAISE(ABORT, 'what was seen is never deleted'); END;
CREATE TRIGGER alarm_seen_is_fixed BEFORE UPDATE ON alarm_seen BEGIN SELECT RAISE(ABORT, 'what was seen is never changed'); END;
CREATE TRIGGER alarm_act_is_kept BEFORE DELETE ON alarm_act BEGIN SELECT RAISE(ABORT, 'what was done is never deleted'); END;
CREATE TRIGGER alarm_act_is_fixed BEFORE UPDATE ON alarm_act BEGIN SELECT RAISE(ABORT, 'what was done is never changed'); END;
CREATE TRIGGER audit_alarm_run AFTER INSERT ON alarm_run
    BEGIN INSERT INTO audit_due (actor, deed, what) VALUES (acting(), 'admin:watch', 'run-' || NEW.run); END;
CREATE TRIGGER audit_alarm_act AFTER INSERT ON alarm_act
    BEGIN INSERT INTO audit_due (actor, deed, what) VALUES (acting(), 'decision:' || NEW.done || '-alarm', 'alarm-' || NEW.alarm); END;
