-- Orphans, the cursors of the change hooks, the changes of a run, near duplicates.

ALTER TABLE runs ADD COLUMN changes TEXT;  -- JSON object: change -> count

-- A page became one that nobody links to. Ids come from the same numbers as those of
-- fetches, so that v_changes has one order.
CREATE TABLE orphanings (
  id INTEGER PRIMARY KEY,
  url_id INTEGER NOT NULL,
  run_id INTEGER NOT NULL,
  found_at INTEGER NOT NULL,
  adopted_in INTEGER  -- the run that found it linked to again; NULL: an orphan still
) STRICT;

CREATE INDEX orphanings_open ON orphanings (url_id) WHERE adopted_in IS NULL;

-- The last change that each hook has taken.
CREATE TABLE hook_cursors (
  hook TEXT PRIMARY KEY,
  last_id INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

DROP VIEW v_changes;

CREATE VIEW v_changes AS
SELECT u.url AS url,
       f.change AS change,
       strftime('%Y-%m-%dT%H:%M:%fZ', f.started_at / 1000.0, 'unixepoch') AS seen_at,
       f.status AS status,
       f.run_id AS run_id,
       p.title AS title,
       CASE f.change WHEN 'moved' THEN f.detail END AS moved_to,
       f.page_id AS page_id,
       p.previous_id AS previous_page_id,
       s.name AS site,
       f.id AS fetch_id,
       u.id AS url_id,
       f.started_at AS seen_ms
  FROM fetches AS f
  JOIN urls AS u ON u.id = f.url_id
  LEFT JOIN pages AS p ON p.id = f.page_id
  LEFT JOIN sites AS s ON s.id = u.site_id
 WHERE f.change IS NOT NULL
UNION ALL
SELECT u.url,
       'orphaned',
       strftime('%Y-%m-%dT%H:%M:%fZ', o.found_at / 1000.0, 'unixepoch'),
       v.status,
       o.run_id,
       p.title,
       NULL,
       v.page_id,
       NULL,
       s.name,
       o.id,
       u.id,
       o.found_at
  FROM orphanings AS o
  JOIN urls AS u ON u.id = o.url_id
  LEFT JOIN visits AS v ON v.url_id = u.id
  LEFT JOIN pages AS p ON p.id = v.page_id
  LEFT JOIN sites AS s ON s.id = u.site_id;

CREATE VIEW v_orphans AS
SELECT u.url AS url,
       u.state AS state,
       strftime('%Y-%m-%dT%H:%M:%fZ', o.found_at / 1000.0, 'unixepoch') AS orphan_since,
       c.url AS found_on,
       s.name AS site,
       u.id AS url_id
  FROM orphanings AS o
  JOIN urls AS u ON u.id = o.url_id
  LEFT JOIN urls AS c ON c.id = u.parent_id
  LEFT JOIN sites AS s ON s.id = u.site_id
 WHERE o.adopted_in IS NULL;

-- Pages whose texts differ in at most three bits of their simhash. Two such prints agree in
-- at least two of five parts, so only prints that share two parts are compared. A cluster is
-- named by its oldest page.
CREATE VIEW v_near_dups AS
WITH prints AS MATERIALIZED (
  SELECT p.simhash AS print,
         p.simhash & 8191 AS a,
         (p.simhash >> 13) & 8191 AS b,
         (p.simhash >> 26) & 8191 AS c,
         (p.simhash >> 39) & 8191 AS d,
         (p.simhash >> 52) & 4095 AS e,
         min(p.id) AS page_id,
         count(*) AS pages
    FROM visits AS v
    JOIN pages AS p ON p.id = v.page_id
   WHERE p.simhash IS NOT NULL AND p.status = 200
   GROUP BY p.simhash
),
pairs AS (
  SELECT x.print AS print, y.print AS other, y.page_id AS page_id
    FROM prints AS x JOIN prints AS y ON y.a = x.a AND y.b = x.b
   UNION ALL
  SELECT x.print AS print, y.print AS other, y.page_id AS page_id
    FROM prints AS x JOIN prints AS y ON y.a = x.a AND y.c = x.c
   UNION ALL
  SELECT x.print AS print, y.print AS other, y.page_id AS page_id
    FROM prints AS x JOIN prints AS y ON y.a = x.a AND y.d = x.d
   UNION ALL
  SELECT x.print AS print, y.print AS other, y.page_id AS page_id
    FROM prints AS x JOIN prints AS y ON y.a = x.a AND y.e = x.e
   UNION ALL
  SELECT x.print AS print, y.print AS other, y.page_id AS page_id
    FROM prints AS x JOIN prints AS y ON y.b = x.b AND y.c = x.c
   UNION ALL
  SELECT x.print AS print, y.print AS other, y.page_id AS page_id
    FROM prints AS x JOIN prints AS y ON y.b = x.b AND y.d = x.d
   UNION ALL
  SELECT x.print AS print, y.print AS other, y.page_id AS page_id
    FROM prints AS x JOIN prints AS y ON y.b = x.b AND y.e = x.e
   UNION ALL
  SELECT x.print AS print, y.print AS other, y.page_id AS page_id
    FROM prints AS x JOIN prints AS y ON y.c = x.c AND y.d = x.d
   UNION ALL
  SELECT x.print AS print, y.print AS other, y.page_id AS page_id
    FROM prints AS x JOIN prints AS y ON y.c = x.c AND y.e = x.e
   UNION ALL
  SELECT x.print AS print, y.print AS other, y.page_id AS page_id
    FROM prints AS x JOIN prints AS y ON y.d = x.d AND y.e = x.e
),
-- Exclusive or; the sign bit apart, since n & (n - 1) clears the lowest bit of the others.
bits AS (
  SELECT print, page_id,
         (print < 0) <> (other < 0) AS sign,
         ((print | other) - (print & other)) & 9223372036854775807 AS n
    FROM pairs
),
fewer AS (SELECT print, page_id, sign, n & (n - 1) AS n FROM bits),
still_fewer AS (SELECT print, page_id, sign, n & (n - 1) AS n FROM fewer),
leaders AS MATERIALIZED (
  SELECT print, min(page_id) AS page_id
    FROM still_fewer
   WHERE n = 0 OR (sign = 0 AND n & (n - 1) = 0)
   GROUP BY print
),
-- The leader of the leader: what hangs together over one more print is one cluster.
near AS MATERIALIZED (
  SELECT x.print AS print, y.page_id AS cluster
    FROM leaders AS x
    JOIN prints ON prints.page_id = x.page_id
    JOIN leaders AS y ON y.print = prints.print
),
sizes AS MATERIALIZED (
  SELECT near.cluster AS cluster, sum(prints.pages) AS pages
    FROM near JOIN prints ON prints.print = near.print
   GROUP BY near.cluster
  HAVING sum(prints.pages) > 1
)
SELECT near.cluster AS cluster,
       sizes.pages AS pages,
       u.url AS url,
       p.title AS title,
       p.content_hash AS content_hash,
       printf('%016x', p.simhash) AS simhash,
       s.name AS site,
       p.id AS page_id,
       u.id AS url_id
  FROM visits AS v
  JOIN pages AS p ON p.id = v.page_id
  JOIN near ON near.print = p.simhash
  JOIN sizes ON sizes.cluster = near.cluster
  JOIN urls AS u ON u.id = v.url_id
  LEFT JOIN sites AS s ON s.id = u.site_id
 WHERE p.status = 200;
