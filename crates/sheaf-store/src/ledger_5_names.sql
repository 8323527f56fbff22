-- What format 5 of the ledger changes in format 4: two members may bring objects under one id where neither sees
-- the other's, so that nobody learns from an answer what lies here unseen. SQLite changes no constraint of a table
-- that is there, so the table is made anew; whatever refers to it does so by its name.
PRAGMA defer_foreign_keys = ON;
CREATE TABLE exchange_name_before AS SELECT * FROM exchange_name;
DROP TABLE exchange_name;
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
    -- Another object under the same id, which was here first and which the owner of this one did not see. Whoever
    -- sees that one does not see this.
    behind     INTEGER REFERENCES exchange_name,
    UNIQUE (collection, id, owner)
) STRICT;
INSERT INTO exchange_name (name, collection, id, owner, head_class, life, withdrawn)
    SELECT name, collection, id, owner, head_class, life, withdrawn FROM exchange_name_before;
DROP TABLE exchange_name_before;
-- For what comes to the moments that its marking names.
CREATE INDEX exchange_name_head ON exchange_name (head_class) WHERE withdrawn IS NULL;
CREATE INDEX exchange_name_behind ON exchange_name (behind) WHERE behind IS NOT NULL;
