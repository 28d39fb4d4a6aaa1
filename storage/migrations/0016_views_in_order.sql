-- v_changes is read in the order of its ids, as far as LIMIT says: SQLite merges the parts of a union
-- where each column has the same affinity in all of them, and else makes the whole union and sorts it.
-- So what is no column itself is cast to what the column of the other parts is.

DROP VIEW v_changes;

CREATE VIEW v_changes AS
SELECT u.url AS url,
       f.change AS change,
       strftime('%Y-%m-%dT%H:%M:%fZ', f.started_at / 1000.0, 'unixepoch') AS seen_at,
       f.status AS status,
       f.run_id AS run_id,
       p.title AS title,
       CASE f.change WHEN 'moved' THEN f.detail END AS moved_to,
       CAST(ifnull(f.page_id, p.id) AS INTEGER) AS page_id,
       CASE WHEN f.page_id IS NULL THEN p.id ELSE p.previous_id END AS previous_page_id,
       s.name AS site,
       f.id AS fetch_id,
       u.id AS url_id,
       f.started_at AS seen_ms
  FROM fetches AS f
  JOIN urls AS u ON u.id = f.url_id
  LEFT JOIN pages AS p ON p.id = CASE
         WHEN f.page_id IS NOT NULL THEN f.page_id
         -- From the version that is good now back to the one that was good then.
         WHEN f.change = 'changed' THEN (
           WITH RECURSIVE good (id, previous_id, fetched_at) AS (
             SELECT g.id, g.previous_id, g.fetched_at
               FROM visits AS v JOIN pages AS g ON g.id = v.page_id
              WHERE v.url_id = f.url_id
              UNION ALL
             SELECT g.id, g.previous_id, g.fetched_at
               FROM good JOIN pages AS g ON g.id = good.previous_id
              WHERE good.fetched_at > f.started_at)
           SELECT max(id) FROM good WHERE fetched_at <= f.started_at)
       END
  LEFT JOIN sites AS s ON s.id = u.site_id
 WHERE f.change IS NOT NULL
UNION ALL
SELECT u.url,
       CAST('orphaned' AS TEXT),
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
  LEFT JOIN sites AS s ON s.id = u.site_id
UNION ALL
SELECT u.url,
       CAST('adopted' AS TEXT),
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
  FROM adoptions AS o
  JOIN urls AS u ON u.id = o.url_id
  LEFT JOIN visits AS v ON v.url_id = u.id
  LEFT JOIN pages AS p ON p.id = v.page_id
  LEFT JOIN sites AS s ON s.id = u.site_id;

-- The links are walked once, and each is looked up among the broken URLs; SQLite cannot know that
-- these are fewer, and walked the links of all pages for each of them.
DROP VIEW v_report_broken_links;
CREATE VIEW v_report_broken_links AS
WITH RECURSIVE
redirects AS MATERIALIZED (
  SELECT DISTINCT url_id, detail AS target FROM fetches WHERE outcome = 'redirected'),
asked (url, why, asked_url, parent_id, hop, steps) AS (
  SELECT url, ifnull(reason, state), url, parent_id, hop, 0
    FROM urls
   WHERE state IN ('gone', 'failed') OR (state = 'too_deep' AND reason = 'max_redirects')
   UNION
  SELECT a.url, a.why, u.url, u.parent_id, u.hop, a.steps + 1
    FROM asked AS a
    JOIN urls AS u ON u.id = a.parent_id
   WHERE a.hop = 'R' AND u.state = 'redirected' AND a.steps < 64
   UNION
  SELECT a.url, a.why, u.url, u.parent_id, u.hop, a.steps + 1
    FROM asked AS a
    JOIN redirects AS r ON r.target = a.asked_url
    JOIN urls AS u ON u.id = r.url_id
   WHERE a.steps < 64),
ways AS MATERIALIZED (SELECT * FROM asked)
SELECT w.url AS url, w.why AS why, l.from_url AS held_by
  FROM v_links AS l
 CROSS JOIN ways AS w ON w.asked_url = substr(l.to_url, 1, instr(l.to_url || '#', '#') - 1)
 UNION
SELECT w.url, w.why, o.url
  FROM ways AS w
  LEFT JOIN urls AS o ON o.id = w.parent_id
 WHERE NOT (w.hop = 'R' AND ifnull(o.state, '') = 'redirected')
 ORDER BY url, held_by;
