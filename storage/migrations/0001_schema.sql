-- The crawl database, schema version 1.
--
-- Times are milliseconds since the epoch, UTC. Verdicts and outcomes are text.
-- Wide tables are only appended to, in order of their ids: no unique index over
-- URLs (the seen index answers what is known), one links row per page version.
-- The views below are the stable way in for users.

CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value ANY
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  command TEXT NOT NULL,
  version TEXT NOT NULL,
  exit TEXT,
  fetches INTEGER NOT NULL DEFAULT 0,
  pages INTEGER NOT NULL DEFAULT 0,
  errors INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  coverage TEXT
) STRICT;

CREATE TABLE sites (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  active INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE hosts (
  id INTEGER PRIMARY KEY,
  host TEXT NOT NULL UNIQUE,
  next_allowed INTEGER,
  delay_ms INTEGER NOT NULL DEFAULT 0,
  crawl_delay_ms INTEGER,
  latency_us INTEGER NOT NULL DEFAULT 0,
  failures INTEGER NOT NULL DEFAULT 0,
  backed_off_until INTEGER,
  reason TEXT,
  robots_id INTEGER,
  robots_status INTEGER,
  robots_fetched_at INTEGER,
  robots_expires_at INTEGER,
  pages INTEGER NOT NULL DEFAULT 0,
  fetches INTEGER NOT NULL DEFAULT 0,
  errors INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE robots_versions (
  id INTEGER PRIMARY KEY,
  host_id INTEGER NOT NULL,
  fetched_at INTEGER NOT NULL,
  status INTEGER NOT NULL,
  hash TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;

-- One row per URL ever discovered. A row must stay small and must not grow when it
-- is settled: what visits teach stands in `visits`.
CREATE TABLE urls (
  id INTEGER PRIMARY KEY,
  url TEXT NOT NULL,
  host_id INTEGER NOT NULL,
  site_id INTEGER NOT NULL,
  state TEXT NOT NULL,
  depth INTEGER NOT NULL,
  redirects INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  hop TEXT NOT NULL,
  parent_id INTEGER,   -- the URL whose page held it
  run_id INTEGER NOT NULL,  -- that discovered it
  purpose TEXT,        -- 'robots', 'sitemap'; NULL: a page
  reason TEXT,
  due_at INTEGER,      -- next retry or visit
  metadata TEXT        -- JSON object of a URL list
) STRICT;

CREATE INDEX urls_due ON urls (due_at) WHERE due_at IS NOT NULL;

-- How many URLs stand in each state, kept by every commit; `crawld audit` recounts.
CREATE TABLE url_counts (
  site_id INTEGER NOT NULL,
  state TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (site_id, state)
) STRICT, WITHOUT ROWID;

-- What the visits of a URL taught, for the next one.
CREATE TABLE visits (
  url_id INTEGER PRIMARY KEY,
  page_id INTEGER,     -- the newest good version
  visited_at INTEGER,
  status INTEGER,
  visits INTEGER NOT NULL DEFAULT 0,
  changes INTEGER NOT NULL DEFAULT 0,
  changed_at INTEGER,
  interval_s INTEGER,
  content_hash TEXT,
  etag TEXT,
  last_modified TEXT
) STRICT;

-- One row per stored version. Wide columns come last, so lists do not read them.
CREATE TABLE pages (
  id INTEGER PRIMARY KEY,
  url_id INTEGER NOT NULL,
  previous_id INTEGER, -- the version before, of the same URL
  run_id INTEGER NOT NULL,
  site_id INTEGER NOT NULL,
  fetched_at INTEGER NOT NULL,
  status INTEGER NOT NULL,
  change TEXT NOT NULL,
  bytes INTEGER NOT NULL,  -- of the body as sent
  size INTEGER NOT NULL,   -- of the body decoded
  truncated INTEGER NOT NULL,
  kind TEXT NOT NULL,      -- html, xml, ... after sniffing
  content_type TEXT,
  charset TEXT,
  charset_source TEXT,
  lang TEXT,
  title TEXT,
  description TEXT,
  author TEXT,
  date TEXT,
  canonical TEXT,
  robots TEXT,             -- directives, separated by commas
  content_hash TEXT,
  body_id INTEGER,
  simhash INTEGER,
  redirect_to INTEGER,     -- url id
  refresh TEXT,
  parse_error TEXT,
  over_limits INTEGER NOT NULL DEFAULT 0,
  http_version TEXT,
  remote_address TEXT,
  text TEXT,
  main_text TEXT,
  markdown TEXT,
  headers TEXT,            -- JSON: [[name, value], ...]
  meta TEXT,               -- JSON: [[name, content], ...]
  headings TEXT,           -- JSON: [[level, text], ...]
  feeds TEXT,              -- JSON: [[url, type, title], ...]
  jsonld TEXT,             -- JSON array
  microdata TEXT,          -- JSON array
  opengraph TEXT,          -- JSON object
  structured TEXT          -- JSON object: rdfa, microformats, twitter
) STRICT;

-- Each distinct content once. `codec` says how `data` is packed: 'zstd'.
CREATE TABLE bodies (
  id INTEGER PRIMARY KEY,
  hash TEXT NOT NULL,
  page_id INTEGER NOT NULL,  -- that brought it first
  codec TEXT NOT NULL,
  size INTEGER NOT NULL,
  data BLOB NOT NULL
) STRICT;

-- All links of a page version as one JSON array: [[url, text, rel, tag, nofollow], ...].
-- A url that starts with '/' is on the page's own origin; v_links completes it.
CREATE TABLE links (
  page_id INTEGER PRIMARY KEY,
  count INTEGER NOT NULL,
  links TEXT NOT NULL
) STRICT;

CREATE TABLE records (
  id INTEGER PRIMARY KEY,
  page_id INTEGER NOT NULL,
  url_id INTEGER NOT NULL,
  site_id INTEGER NOT NULL,
  run_id INTEGER NOT NULL,
  rule TEXT NOT NULL,
  rule_set TEXT NOT NULL,  -- hash of the rules
  fields TEXT NOT NULL,    -- JSON object
  errors TEXT NOT NULL     -- JSON object
) STRICT;

CREATE INDEX records_page ON records (page_id);

-- One row per attempt, whatever came of it.
CREATE TABLE fetches (
  id INTEGER PRIMARY KEY,
  url_id INTEGER NOT NULL,
  run_id INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  status INTEGER,
  attempt INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  dns_us INTEGER NOT NULL,
  connect_us INTEGER NOT NULL,
  tls_us INTEGER NOT NULL,
  first_byte_us INTEGER NOT NULL,
  total_us INTEGER NOT NULL,
  reused INTEGER NOT NULL,
  page_id INTEGER,
  change TEXT,
  http_version TEXT,
  remote_address TEXT,
  detail TEXT
) STRICT;

-- Waiting URLs of one host that are not in memory: ids as little-endian 64-bit numbers.
CREATE TABLE queue_chunks (
  id INTEGER PRIMARY KEY,
  host_id INTEGER NOT NULL,
  count INTEGER NOT NULL,
  ids BLOB NOT NULL
) STRICT;

-- Which URL and which body is known (storage/seen/seen_index.h): sorted runs of
-- (hash, id), cut into rows that fill a page each.
CREATE TABLE url_seen_runs (
  id INTEGER PRIMARY KEY,
  level INTEGER NOT NULL,
  entries INTEGER NOT NULL,
  last_id INTEGER NOT NULL,
  extents BLOB NOT NULL,   -- pairs: first of url_seen_rows, count
  fences BLOB NOT NULL     -- the first hash of each row
) STRICT;

CREATE TABLE url_seen_rows (
  id INTEGER PRIMARY KEY,
  data BLOB NOT NULL
) STRICT;

CREATE TABLE body_seen_runs (
  id INTEGER PRIMARY KEY,
  level INTEGER NOT NULL,
  entries INTEGER NOT NULL,
  last_id INTEGER NOT NULL,
  extents BLOB NOT NULL,
  fences BLOB NOT NULL
) STRICT;

CREATE TABLE body_seen_rows (
  id INTEGER PRIMARY KEY,
  data BLOB NOT NULL
) STRICT;

-- --- views ---------------------------------------------------------------------------------

CREATE VIEW v_pages AS
SELECT u.url AS url,
       p.status AS status,
       p.title AS title,
       strftime('%Y-%m-%dT%H:%M:%fZ', p.fetched_at / 1000.0, 'unixepoch') AS fetched_at,
       u.depth AS depth,
       p.content_type AS content_type,
       p.bytes AS bytes,
       p.lang AS lang,
       u.state AS state,
       s.name AS site,
       h.host AS host,
       p.size AS size,
       p.description AS description,
       p.author AS author,
       p.date AS date,
       p.canonical AS canonical,
       p.charset AS charset,
       p.truncated AS truncated,
       p.parse_error AS parse_error,
       p.content_hash AS content_hash,
       p.simhash AS simhash,
       v.visits AS visits,
       v.changes AS changes,
       strftime('%Y-%m-%dT%H:%M:%fZ', v.visited_at / 1000.0, 'unixepoch') AS visited_at,
       p.fetched_at AS fetched_ms,
       u.id AS url_id,
       p.id AS page_id,
       p.body_id AS body_id,
       p.text AS text,
       p.main_text AS main_text,
       p.markdown AS markdown
  FROM visits AS v
  JOIN pages AS p ON p.id = v.page_id
  JOIN urls AS u ON u.id = v.url_id
  LEFT JOIN hosts AS h ON h.id = u.host_id
  LEFT JOIN sites AS s ON s.id = u.site_id;

CREATE VIEW v_frontier AS
SELECT u.url AS url,
       u.state AS state,
       u.depth AS depth,
       u.attempts AS attempts,
       u.reason AS reason,
       strftime('%Y-%m-%dT%H:%M:%fZ', u.due_at / 1000.0, 'unixepoch') AS due_at,
       h.host AS host,
       s.name AS site,
       strftime('%Y-%m-%dT%H:%M:%fZ',
                max(coalesce(h.next_allowed, 0), coalesce(h.backed_off_until, 0)) / 1000.0,
                'unixepoch') AS host_opens_at,
       ifnull(u.purpose, 'page') AS purpose,
       u.id AS url_id
  FROM urls AS u
  LEFT JOIN hosts AS h ON h.id = u.host_id
  LEFT JOIN sites AS s ON s.id = u.site_id
 WHERE u.state IN ('queued', 'retry_later') OR u.due_at IS NOT NULL;

CREATE VIEW v_errors AS
SELECT u.url AS url,
       u.state AS state,
       u.reason AS reason,
       v.status AS status,
       u.attempts AS attempts,
       strftime('%Y-%m-%dT%H:%M:%fZ', v.visited_at / 1000.0, 'unixepoch') AS visited_at,
       o.url AS found_on,
       h.host AS host,
       s.name AS site,
       u.id AS url_id
  FROM urls AS u
  LEFT JOIN visits AS v ON v.url_id = u.id
  LEFT JOIN urls AS o ON o.id = u.parent_id
  LEFT JOIN hosts AS h ON h.id = u.host_id
  LEFT JOIN sites AS s ON s.id = u.site_id
 WHERE u.state IN ('failed', 'gone', 'parse_error', 'retry_later', 'blocked');

CREATE VIEW v_hosts AS
SELECT h.host AS host,
       h.pages AS pages,
       h.fetches AS fetches,
       h.errors AS errors,
       h.bytes AS bytes,
       h.delay_ms AS delay_ms,
       h.crawl_delay_ms AS crawl_delay_ms,
       h.latency_us / 1000.0 AS latency_ms,
       h.failures AS failures,
       h.reason AS reason,
       h.robots_status AS robots_status,
       strftime('%Y-%m-%dT%H:%M:%fZ', h.robots_fetched_at / 1000.0, 'unixepoch')
         AS robots_fetched_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', h.next_allowed / 1000.0, 'unixepoch') AS next_allowed,
       strftime('%Y-%m-%dT%H:%M:%fZ', h.backed_off_until / 1000.0, 'unixepoch')
         AS backed_off_until,
       r.text AS robots_txt,
       h.id AS host_id
  FROM hosts AS h
  LEFT JOIN robots_versions AS r ON r.id = h.robots_id;

CREATE VIEW v_changes AS
SELECT u.url AS url,
       f.change AS change,
       strftime('%Y-%m-%dT%H:%M:%fZ', f.started_at / 1000.0, 'unixepoch') AS seen_at,
       f.status AS status,
       f.run_id AS run_id,
       p.title AS title,
       t.url AS moved_to,
       f.page_id AS page_id,
       p.previous_id AS previous_page_id,
       s.name AS site,
       f.id AS fetch_id,
       u.id AS url_id
  FROM fetches AS f
  JOIN urls AS u ON u.id = f.url_id
  LEFT JOIN pages AS p ON p.id = f.page_id
  LEFT JOIN urls AS t ON t.id = p.redirect_to
  LEFT JOIN sites AS s ON s.id = u.site_id
 WHERE f.change IS NOT NULL;

CREATE VIEW v_links AS
SELECT u.url AS from_url,
       CASE substr(json_extract(j.value, '$[0]'), 1, 1)
         WHEN '/' THEN h.host || json_extract(j.value, '$[0]')
         ELSE json_extract(j.value, '$[0]')
       END AS to_url,
       json_extract(j.value, '$[1]') AS text,
       json_extract(j.value, '$[2]') AS rel,
       json_extract(j.value, '$[3]') AS tag,
       json_extract(j.value, '$[4]') AS nofollow,
       j.key AS position,
       l.page_id AS page_id,
       p.url_id AS from_url_id
  FROM visits AS v
  JOIN pages AS p ON p.id = v.page_id
  JOIN links AS l ON l.page_id = p.id
  JOIN urls AS u ON u.id = p.url_id
  LEFT JOIN hosts AS h ON h.id = u.host_id
  JOIN json_each(l.links) AS j;

CREATE VIEW v_records AS
SELECT r.rule AS rule,
       u.url AS url,
       r.fields AS fields,
       r.errors AS errors,
       strftime('%Y-%m-%dT%H:%M:%fZ', p.fetched_at / 1000.0, 'unixepoch') AS fetched_at,
       s.name AS site,
       r.rule_set AS rule_set,
       r.run_id AS run_id,
       r.page_id AS page_id,
       r.url_id AS url_id,
       r.id AS record_id
  FROM records AS r
  JOIN urls AS u ON u.id = r.url_id
  JOIN pages AS p ON p.id = r.page_id
  LEFT JOIN sites AS s ON s.id = r.site_id;

CREATE VIEW v_why AS
SELECT u.url AS url,
       u.state AS state,
       u.reason AS reason,
       u.depth AS depth,
       u.redirects AS redirects,
       u.hop AS hop,
       ifnull(u.purpose, 'page') AS purpose,
       o.url AS found_on,
       u.run_id AS found_in_run,
       u.attempts AS attempts,
       v.status AS status,
       v.visits AS visits,
       v.changes AS changes,
       strftime('%Y-%m-%dT%H:%M:%fZ', v.visited_at / 1000.0, 'unixepoch') AS visited_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', u.due_at / 1000.0, 'unixepoch') AS due_at,
       h.host AS host,
       h.robots_status AS robots_status,
       h.reason AS host_reason,
       strftime('%Y-%m-%dT%H:%M:%fZ',
                max(coalesce(h.next_allowed, 0), coalesce(h.backed_off_until, 0)) / 1000.0,
                'unixepoch') AS host_opens_at,
       s.name AS site,
       u.metadata AS metadata,
       u.id AS url_id,
       h.id AS host_id
  FROM urls AS u
  LEFT JOIN urls AS o ON o.id = u.parent_id
  LEFT JOIN visits AS v ON v.url_id = u.id
  LEFT JOIN hosts AS h ON h.id = u.host_id
  LEFT JOIN sites AS s ON s.id = u.site_id;
