-- How the pool is to be linked, each choice a row; the newest stands. Pools of format 1 that were
-- made before this table have none, and get it when they are next opened for writing.
CREATE TABLE IF NOT EXISTS linking (
    linking INTEGER PRIMARY KEY,
    method  TEXT NOT NULL,
    name    TEXT NOT NULL,
    text    TEXT NOT NULL,
    at      TEXT NOT NULL
) STRICT;
CREATE TRIGGER IF NOT EXISTS linking_is_kept BEFORE DELETE ON linking
    BEGIN SELECT RAISE(ABORT, 'how a pool was linked is never deleted'); END;
CREATE TRIGGER IF NOT EXISTS linking_is_fixed BEFORE UPDATE ON linking
    BEGIN SELECT RAISE(ABORT, 'how a pool was linked is never changed'); END;
