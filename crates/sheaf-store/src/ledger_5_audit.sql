-- What format 5 of the ledger adds to format 4, for the audit log: each deed leaves a note in the transaction
-- that does it, by triggers, so that there is none without; from the notes the lines of the log are made.
-- acting() is who acts, as the program says; a connection that has no such function can do none of these deeds.

-- Deeds that stand in no line yet.
CREATE TABLE audit_due (
    due     INTEGER PRIMARY KEY,
    -- member/account; empty for whoever works on the file itself.
    actor   TEXT NOT NULL,
    -- As in admin:add-account.
    deed    TEXT NOT NULL,
    -- What it was done to, by its id.
    what    TEXT NOT NULL,
    -- The rule that forbade it; empty where it was done.
    refused TEXT NOT NULL DEFAULT ''
) STRICT;

-- The log, a line for each entry, from 0.
CREATE TABLE audit_line (
    entry INTEGER PRIMARY KEY,
    line  TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_line_is_kept BEFORE DELETE ON audit_line
    BEGIN SELECT RAISE(ABORT, 'a line of the audit log is never deleted'); END;
CREATE TRIGGER audit_line_is_fixed BEFORE UPDATE ON audit_line
    BEGIN SELECT RAISE(ABORT, 'a line of the audit log is never changed'); END;

-- The right edge of the tree over the lines; one row at most.
CREATE TABLE audit_edge (
    edge  INTEGER PRIMARY KEY CHECK (edge = 1),
    state BLOB NOT NULL
) STRICT;

-- What the log has signed, with the signatures of others as they come in.
CREATE TABLE audit_checkpoint (
    checkpoint INTEGER PRIMARY KEY,
    size INTEGER NOT NULL,
    note TEXT NOT NULL
) STRICT;

-- Logs of others that we co-sign: the last state of each that we have seen.
CREATE TABLE audit_witnessed (
    origin TEXT PRIMARY KEY,
    size   INTEGER NOT NULL,
    note   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER audit_import AFTER INSERT ON import
    BEGIN INSERT INTO audit_due (actor, deed, what) VALUES (acting(), 'admin:import', 'i' || NEW.import); END;
CREATE TRIGGER audit_linking AFTER INSERT ON linking
    BEGIN INSERT INTO audit_due (actor, deed, what) VALUES (acting(), 'admin:choose-linking', NEW.method); END;
CREATE TRIGGER audit_judgement AFTER INSERT ON judgement
    BEGIN INSERT INTO audit_due (actor, deed, what)
        VALUES (acting(), 'decision:' || NEW.verdict, NEW.left_id), (acting(), 'decision:' || NEW.verdict, NEW.right_id); END;
CREATE TRIGGER audit_withdrawal AFTER INSERT ON withdrawal
    BEGIN INSERT INTO audit_due (actor, deed, what) VALUES (acting(), 'decision:take-back', 'j' || NEW.judgement); END;
CREATE TRIGGER audit_member AFTER INSERT ON exchange_member
    BEGIN INSERT INTO audit_due (actor, deed, what) VALUES (acting(), 'admin:add-member', NEW.name); END;
CREATE TRIGGER audit_purpose AFTER INSERT ON exchange_purpose
    BEGIN INSERT INTO audit_due (actor, deed, what)
        SELECT acting(), 'admin:purpose-' || NEW.purpose, name FROM exchange_member WHERE member = NEW.member; END;
CREATE TRIGGER audit_purpose_gone AFTER DELETE ON exchange_purpose
    BEGIN INSERT INTO audit_due (actor, deed, what)
        SELECT acting(), 'admin:no-purpose-' || OLD.purpose, name FROM exchange_member WHERE member = OLD.member; END;
CREATE TRIGGER audit_account AFTER INSERT ON exchange_account
    BEGIN INSERT INTO audit_due (actor, deed, what) VALUES (acting(), 'admin:add-account', NEW.name); END;
CREATE TRIGGER audit_account_closed AFTER UPDATE OF closed ON exchange_account WHEN NEW.closed <> OLD.closed
    BEGIN INSERT INTO audit_due (actor, deed, what) VALUES (acting(), 'admin:close-account', NEW.name); END;
CREATE TRIGGER audit_password AFTER UPDATE OF password ON exchange_account
    BEGIN INSERT INTO audit_due (actor, deed, what) VALUES (acting(), 'admin:set-password', NEW.name); END;
CREATE TRIGGER audit_right AFTER INSERT ON exchange_right
    BEGIN INSERT INTO audit_due (actor, deed, what)
        SELECT acting(), 'admin:allow', name FROM exchange_account WHERE account = NEW.account; END;
CREATE TRIGGER audit_token AFTER INSERT ON exchange_token
    BEGIN INSERT INTO audit_due (actor, deed, what) VALUES (acting(), 'admin:add-token', 'token-' || NEW.token); END;
CREATE TRIGGER audit_token_closed AFTER UPDATE OF closed ON exchange_token WHEN NEW.closed <> OLD.closed
    BEGIN INSERT INTO audit_due (actor, deed, what) VALUES (acting(), 'admin:revoke-token', 'token-' || NEW.token); END;
CREATE TRIGGER audit_session AFTER INSERT ON desk_session
    BEGIN INSERT INTO audit_due (actor, deed, what)
        SELECT acting(), 'admin:sign-in', name FROM exchange_account WHERE account = NEW.account; END;
-- A group is named by its number: its name may be confidential.
CREATE TRIGGER audit_group AFTER INSERT ON exchange_group
    BEGIN INSERT INTO audit_due (actor, deed, what) VALUES (acting(), 'admin:add-group', 'group-' || NEW.name_of_group); END;
CREATE TRIGGER audit_joined AFTER INSERT ON exchange_group_member
    BEGIN INSERT INTO audit_due (actor, deed, what)
        SELECT acting(), 'admin:join-group-' || NEW.name_of_group, name FROM exchange_member WHERE member = NEW.member; END;
CREATE TRIGGER audit_left AFTER DELETE ON exchange_group_member
    BEGIN INSERT INTO audit_due (actor, deed, what)
        SELECT acting(), 'admin:leave-group-' || OLD.name_of_group, name FROM exchange_member WHERE member = OLD.member; END;
CREATE TRIGGER audit_collection AFTER INSERT ON exchange_collection
    BEGIN INSERT INTO audit_due (actor, deed, what) VALUES (acting(), 'admin:add-collection', NEW.id); END;
CREATE TRIGGER audit_sharing AFTER INSERT ON exchange_sharing
    BEGIN INSERT INTO audit_due (actor, deed, what) VALUES (acting(), 'share:' || NEW.tlp, NEW.source); END;
CREATE TRIGGER audit_sharing_changed AFTER UPDATE ON exchange_sharing
    BEGIN INSERT INTO audit_due (actor, deed, what) VALUES (acting(), 'share:' || NEW.tlp, NEW.source); END;
CREATE TRIGGER audit_object AFTER INSERT ON exchange_object
    BEGIN INSERT INTO audit_due (actor, deed, what)
        SELECT acting(), CASE NEW.state WHEN 0 THEN 'decision:add' WHEN 3 THEN 'decision:narrow' ELSE 'decision:withdraw' END, id
        FROM exchange_name WHERE name = NEW.name; END;
CREATE TRIGGER audit_object_gone AFTER UPDATE OF body ON exchange_object
    -- What has moved stands in the log again at a later place.
    WHEN NEW.state <> 4
    BEGIN INSERT INTO audit_due (actor, deed, what)
        SELECT acting(), 'decision:withdraw', id FROM exchange_name WHERE name = NEW.name; END;
CREATE TRIGGER audit_peer AFTER INSERT ON exchange_peer
    BEGIN INSERT INTO audit_due (actor, deed, what) VALUES (acting(), 'admin:add-peer', 'peer-' || NEW.peer); END;
