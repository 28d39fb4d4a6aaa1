-- Hosts that are to be asked over https only (RFC 6797), remembered over a restart.
CREATE TABLE hsts_hosts (
  host       TEXT PRIMARY KEY, -- name, without a dot at its end
  subdomains INTEGER NOT NULL, -- 1: those below it as well
  told_at    INTEGER NOT NULL, -- when it said so last, as far as stored
  until      INTEGER NOT NULL  -- it holds until then
) STRICT, WITHOUT ROWID;

CREATE INDEX hsts_hosts_until ON hsts_hosts (until);
