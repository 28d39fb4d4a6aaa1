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
