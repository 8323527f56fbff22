-- What format 5 of the ledger adds to format 4, for bundles: how far the channel with each member has come, and
-- by which keys its bundles may be signed.

CREATE TABLE bundle_channel (
    member    TEXT NOT NULL,
    -- 'out' for what goes there, 'in' for what comes from there.
    direction TEXT NOT NULL,
    -- The number of the last line.
    last      INTEGER NOT NULL,
    -- SHA-256 of the last bundle's file.
    previous  BLOB NOT NULL,
    -- Of what goes out: everything added here up to this stamp was given.
    added     INTEGER NOT NULL,
    PRIMARY KEY (member, direction)
) STRICT, WITHOUT ROWID;

CREATE TABLE bundle_key (
    member TEXT NOT NULL,
    key    TEXT NOT NULL,
    -- Whether it also passes on what others made.
    relays INTEGER NOT NULL,
    PRIMARY KEY (member, key)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER audit_bundle_key AFTER INSERT ON bundle_key
    BEGIN INSERT INTO audit_due (actor, deed, what) VALUES (acting(), 'admin:trust-bundle-key', NEW.member); END;
CREATE TRIGGER audit_bundle AFTER INSERT ON bundle_channel
    BEGIN INSERT INTO audit_due (actor, deed, what) VALUES (acting(), 'share:bundle-' || NEW.direction, NEW.member); END;
CREATE TRIGGER audit_bundle_next AFTER UPDATE ON bundle_channel
    BEGIN INSERT INTO audit_due (actor, deed, what) VALUES (acting(), 'share:bundle-' || NEW.direction, NEW.member); END;
