-- What format 5 of the ledger adds to format 4, for telling people: what an account wants to be told, by which door,
-- what it was told already, and the messages, which go out once they are here. Times are microseconds since 1970 in UTC.

CREATE TABLE subscription (
    subscription INTEGER PRIMARY KEY,
    account  TEXT NOT NULL,
    member   TEXT NOT NULL,
    name     TEXT NOT NULL,
    -- Which incidents, in the words of the overview's address.
    query    TEXT NOT NULL,
    -- incidents, changes, alarms, requests; separated by commas.
    tells    TEXT NOT NULL,
    door     TEXT NOT NULL CHECK (door IN ('feed', 'webhook', 'email')),
    -- The webhook's address or the e-mail address; empty for a feed.
    address  TEXT NOT NULL,
    -- What a webhook's messages are signed with; empty for the others.
    secret   TEXT NOT NULL,
    made_at  INTEGER NOT NULL,
    -- How often it was looked at with something to keep; the first time what is there is only marked as known.
    looked   INTEGER NOT NULL DEFAULT 0,
    -- The last run of the watch that was looked at for it.
    last_run INTEGER NOT NULL DEFAULT 0,
    ended_at INTEGER
) STRICT;

-- What was told: a report of an incident, a request, an alarm, each with what it was like.
CREATE TABLE subscription_told (
    subscription INTEGER NOT NULL REFERENCES subscription,
    mark     TEXT NOT NULL,
    was      TEXT NOT NULL,
    PRIMARY KEY (subscription, mark)
) STRICT, WITHOUT ROWID;

-- What is told stands here by reference, and is looked up when a message goes out, as it may be seen then. Only what a run
-- of the watch saw for a member is kept, since it stands nowhere else; it goes out while all it rests on may be seen.
CREATE TABLE message (
    message  INTEGER PRIMARY KEY,
    subscription INTEGER NOT NULL REFERENCES subscription,
    made_at  INTEGER NOT NULL,
    -- What it tells of, as JSON.
    items    TEXT NOT NULL,
    -- due, sent, nothing (nothing of it may be seen any more), failed.
    state    TEXT NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'sent', 'nothing', 'failed')),
    tries    INTEGER NOT NULL DEFAULT 0,
    next_at  INTEGER NOT NULL,
    -- Why the last try did not go through.
    why      TEXT NOT NULL DEFAULT '',
    done_at  INTEGER
) STRICT;
CREATE INDEX message_by_subscription ON message (subscription, message);
CREATE INDEX message_due ON message (next_at) WHERE state = 'due';

-- How this office lets messages out, by name.
CREATE TABLE delivery (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER subscription_is_kept BEFORE DELETE ON subscription
    BEGIN SELECT RAISE(ABORT, 'a subscription ends, and is not deleted'); END;
CREATE TRIGGER subscription_is_fixed BEFORE UPDATE OF account, member, query, tells, door, address, made_at ON subscription
    BEGIN SELECT RAISE(ABORT, 'a subscription is ended and made anew, not changed'); END;
CREATE TRIGGER message_is_kept BEFORE DELETE ON message
    BEGIN SELECT RAISE(ABORT, 'what was told is never deleted'); END;
CREATE TRIGGER audit_subscription AFTER INSERT ON subscription
    BEGIN INSERT INTO audit_due (actor, deed, what)
        VALUES (acting(), 'decision:subscribe-' || NEW.door, 'subscription-' || NEW.subscription); END;
CREATE TRIGGER audit_subscription_ended AFTER UPDATE OF ended_at ON subscription WHEN NEW.ended_at IS NOT NULL
    BEGIN INSERT INTO audit_due (actor, deed, what)
        VALUES (acting(), 'decision:unsubscribe', 'subscription-' || NEW.subscription); END;
CREATE TRIGGER audit_delivery AFTER INSERT ON delivery
    BEGIN INSERT INTO audit_due (actor, deed, what) VALUES (acting(), 'admin:delivery', NEW.name); END;
CREATE TRIGGER audit_delivery_changed AFTER UPDATE ON delivery
    BEGIN INSERT INTO audit_due (actor, deed, what) VALUES (acting(), 'admin:delivery', NEW.name); END;
