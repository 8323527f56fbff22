-- What format 3 of the ledger adds to format 2: the exchange between members. Who may come, what lies
-- in which collection, and the log of objects: every version that came in, in the order in which it
-- was acknowledged. Times are microseconds since 1970 in UTC.

CREATE TABLE exchange_secret (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What the server says of itself; one row at most.
CREATE TABLE exchange_server (
    server      INTEGER PRIMARY KEY CHECK (server = 1),
    title       TEXT NOT NULL,
    description TEXT NOT NULL,
    contact     TEXT NOT NULL,
    default_url TEXT NOT NULL
) STRICT;

CREATE TABLE exchange_root (
    root        INTEGER PRIMARY KEY,
    path        TEXT NOT NULL UNIQUE,
    title       TEXT NOT NULL,
    description TEXT NOT NULL,
    -- In bytes.
    max_content_length INTEGER NOT NULL,
    -- Under which address it is announced; empty for that at which the server was asked.
    url         TEXT NOT NULL
) STRICT;

CREATE TABLE exchange_collection (
    collection  INTEGER PRIMARY KEY,
    root        INTEGER NOT NULL REFERENCES exchange_root,
    id          TEXT NOT NULL,
    title       TEXT NOT NULL,
    description TEXT NOT NULL,
    can_read    INTEGER NOT NULL,
    can_write   INTEGER NOT NULL,
    -- The newest stamp given out in it; the next one is later.
    last_stamp  INTEGER NOT NULL DEFAULT 0,
    -- Whether it came from another server, with its accounts.
    imported    INTEGER NOT NULL,
    UNIQUE (root, id)
) STRICT;

CREATE TABLE exchange_member (
    member INTEGER PRIMARY KEY,
    name   TEXT NOT NULL UNIQUE,
    region TEXT NOT NULL,
    sector TEXT NOT NULL
) STRICT;

CREATE TABLE exchange_account (
    account  INTEGER PRIMARY KEY,
    name     TEXT NOT NULL UNIQUE,
    member   INTEGER NOT NULL REFERENCES exchange_member,
    -- A hash with its salt (argon2id, PHC format); empty for accounts that have tokens only.
    password TEXT NOT NULL,
    -- Words, sorted, with spaces between.
    roles    TEXT NOT NULL,
    imported INTEGER NOT NULL,
    closed   INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE exchange_token (
    token   INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES exchange_account,
    label   TEXT NOT NULL,
    -- blake3 of the token: it has 256 random bits, so nothing slow is needed.
    digest  BLOB NOT NULL UNIQUE,
    can_read  INTEGER NOT NULL,
    can_write INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    closed  INTEGER NOT NULL DEFAULT 0
) STRICT;

-- What an account may do. Whatever has no row here is not even there for it.
CREATE TABLE exchange_right (
    account    INTEGER NOT NULL REFERENCES exchange_account,
    -- 0 stands for every collection.
    collection INTEGER NOT NULL,
    can_read   INTEGER NOT NULL,
    can_write  INTEGER NOT NULL,
    PRIMARY KEY (account, collection)
) STRICT, WITHOUT ROWID;

-- Owner and marking of objects. A reader may see a set of classes; the log knows nothing more of rules.
CREATE TABLE exchange_class (
    class   INTEGER PRIMARY KEY,
    owner   TEXT NOT NULL,
    marking TEXT NOT NULL,
    UNIQUE (owner, marking)
) STRICT;

-- An object's id in a collection, over all its versions.
CREATE TABLE exchange_name (
    name       INTEGER PRIMARY KEY,
    collection INTEGER NOT NULL REFERENCES exchange_collection,
    id         TEXT NOT NULL,
    -- The member who brought it first; empty for what came with an imported collection.
    owner      TEXT NOT NULL,
    -- The class of its newest version, which readers of older versions must be able to see too.
    head_class INTEGER NOT NULL REFERENCES exchange_class,
    -- Each withdrawal ends a life; only the owner can begin another.
    life       INTEGER NOT NULL,
    -- The version of the notice of withdrawal, while withdrawn.
    withdrawn  INTEGER,
    UNIQUE (collection, id)
) STRICT;

-- The log. A row is never deleted; of what was withdrawn the body is taken out.
CREATE TABLE exchange_object (
    seq        INTEGER PRIMARY KEY,
    collection INTEGER NOT NULL REFERENCES exchange_collection,
    name       INTEGER NOT NULL REFERENCES exchange_name,
    -- Strictly rising within a collection, in the order of seq.
    added      INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    version_text TEXT NOT NULL,
    -- 20 or 21, for STIX 2.0 and 2.1.
    spec       INTEGER NOT NULL,
    class      INTEGER NOT NULL REFERENCES exchange_class,
    -- For whoever may see this class the row is not there.
    unless_class INTEGER,
    life       INTEGER NOT NULL,
    -- 0 an object, 1 notice of its withdrawal, 2 withdrawn, 3 notice to those who may see no more of it
    state      INTEGER NOT NULL,
    -- Whether it is what a reader gets who asks for nothing in particular.
    shown      INTEGER NOT NULL,
    -- When it was withdrawn, by a stamp of the collection.
    gone       INTEGER,
    -- blake3 of the canonical JSON (RFC 8785).
    hash       BLOB NOT NULL,
    -- As it was sent, to the byte.
    body       BLOB NOT NULL
) STRICT;
CREATE INDEX exchange_object_shown ON exchange_object (collection, added) WHERE shown = 1;
-- By class, so that a reader who sees little does not walk through what it does not see.
CREATE INDEX exchange_object_seen ON exchange_object (collection, class, added, unless_class)
    WHERE shown = 1;
CREATE INDEX exchange_object_added ON exchange_object (collection, added);
CREATE INDEX exchange_object_versions ON exchange_object (name, version);
CREATE INDEX exchange_object_gone ON exchange_object (collection, gone) WHERE gone IS NOT NULL;
CREATE TRIGGER exchange_object_is_kept BEFORE DELETE ON exchange_object
    BEGIN SELECT RAISE(ABORT, 'a row of the log is never deleted, only withdrawn'); END;
CREATE TRIGGER exchange_object_is_fixed BEFORE UPDATE OF body ON exchange_object
    WHEN NEW.body <> x''
    BEGIN SELECT RAISE(ABORT, 'a body is never changed, only taken out'); END;

-- What became of a batch, for as long as it is kept.
CREATE TABLE exchange_status (
    id      TEXT PRIMARY KEY,
    root    INTEGER NOT NULL,
    account INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    -- What the sender called the batch, and blake3 of what it sent, if it called it anything.
    sent_as TEXT,
    digest  BLOB,
    -- The resource, as it is given out.
    body    TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX exchange_status_sent_as ON exchange_status (account, sent_as)
    WHERE sent_as IS NOT NULL;
CREATE INDEX exchange_status_at ON exchange_status (at);

-- What a member reads reports for, in the words of the closed list of purposes.
CREATE TABLE exchange_purpose (
    member  INTEGER NOT NULL REFERENCES exchange_member,
    purpose TEXT NOT NULL,
    PRIMARY KEY (member, purpose)
) STRICT, WITHOUT ROWID;

-- Members that share with each other under a name; a confidential group is known to its members only.
CREATE TABLE exchange_group (
    name_of_group INTEGER PRIMARY KEY,
    name          TEXT NOT NULL UNIQUE,
    confidential  INTEGER NOT NULL
) STRICT;

CREATE TABLE exchange_group_member (
    name_of_group INTEGER NOT NULL REFERENCES exchange_group,
    member        INTEGER NOT NULL REFERENCES exchange_member,
    PRIMARY KEY (name_of_group, member)
) STRICT, WITHOUT ROWID;

-- What the owner of a source allows with its reports. A source without a row is nobody's to see. How far
-- the terms of the source let it travel stands with the source, not here.
CREATE TABLE exchange_sharing (
    source     TEXT PRIMARY KEY,
    originator TEXT NOT NULL,
    tlp        TEXT NOT NULL,
    pap        TEXT NOT NULL,
    -- Words, sorted, with spaces between.
    groups     TEXT NOT NULL,
    purposes   TEXT NOT NULL,
    -- Milliseconds since 1970 in UTC.
    embargo    INTEGER,
    expires    INTEGER
) STRICT, WITHOUT ROWID;

-- The objects that were made from the pool's own reports, so that those of them can be withdrawn whose
-- reports are gone, and nothing that a member sent.
CREATE TABLE exchange_published (
    collection INTEGER NOT NULL REFERENCES exchange_collection,
    id         TEXT NOT NULL,
    PRIMARY KEY (collection, id)
) STRICT, WITHOUT ROWID;
