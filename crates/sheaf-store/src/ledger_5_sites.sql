-- What format 5 of the ledger adds to format 4, for stations, airports, stops and ports: the sites that were loaded,
-- and what people decided of which incident has to do with which.

CREATE TABLE site (
    -- kind:key, as in airport:LFPG.
    site  TEXT PRIMARY KEY,
    -- airport, station, stop or port.
    kind  TEXT NOT NULL,
    name  TEXT NOT NULL,
    lat   REAL NOT NULL,
    lon   REAL NOT NULL,
    -- Lines that call there, with ";" between; empty where none is told.
    lines TEXT NOT NULL,
    -- The file it was loaded from, and when.
    file  TEXT NOT NULL,
    at    TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- When which file was loaded; the log names the load, not tens of thousands of sites.
CREATE TABLE site_load (
    load INTEGER PRIMARY KEY,
    file TEXT NOT NULL,
    at   TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_site_load AFTER INSERT ON site_load
    BEGIN INSERT INTO audit_due (actor, deed, what) VALUES (acting(), 'admin:load-sites', 'load-' || NEW.load); END;

-- Appended, never changed; of one report's incident and one site the newest stands. What the site was called and how
-- far off it was is kept as it was decided, so that a later table does not change what somebody accepted.
CREATE TABLE site_decision (
    decision   INTEGER PRIMARY KEY,
    -- The incident's handle, which is the id of a report and keeps leading to whatever incident holds it.
    report     TEXT NOT NULL,
    site       TEXT NOT NULL,
    name       TEXT NOT NULL,
    -- target, near or disrupted.
    tag        TEXT NOT NULL,
    accepted   INTEGER NOT NULL,
    -- From the incident's point; none where it has no point.
    metres     REAL,
    decided_by TEXT NOT NULL,
    because    TEXT NOT NULL,
    at         TEXT NOT NULL
) STRICT;
CREATE TRIGGER site_decision_is_kept BEFORE DELETE ON site_decision
    BEGIN SELECT RAISE(ABORT, 'a decision about a site is never deleted, only decided anew'); END;
CREATE TRIGGER site_decision_is_fixed BEFORE UPDATE ON site_decision
    BEGIN SELECT RAISE(ABORT, 'a decision about a site is never changed, only decided anew'); END;
CREATE TRIGGER audit_site_decision AFTER INSERT ON site_decision
    BEGIN INSERT INTO audit_due (actor, deed, what)
        SELECT acting(), 'decision:' || CASE NEW.accepted WHEN 1 THEN NEW.tag ELSE 'not-' || NEW.tag END, what
        FROM (SELECT NEW.report AS what UNION ALL SELECT NEW.site); END;
