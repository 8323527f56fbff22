-- What format 5 of the ledger adds to format 4: who is signed in to the desk's pages. Times are microseconds
-- since 1970 in UTC.

CREATE TABLE desk_session (
    -- blake3 of what the browser holds, which itself never lies here.
    digest  BLOB PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES exchange_account,
    begun   INTEGER NOT NULL,
    -- When it was last used, to some minutes.
    used    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX desk_session_account ON desk_session (account);
