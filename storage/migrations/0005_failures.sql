-- The HTTP status of URLs that failed, and links that break behind a redirect.
--
-- A failure is no visit, so `visits` keeps the status of the last good one: the reason tells
-- that of now.

DROP VIEW v_errors;
CREATE VIEW v_errors AS
SELECT u.url AS url,
       u.state AS state,
       u.reason AS reason,
       CASE WHEN u.reason GLOB 'http_[0-9][0-9][0-9]' THEN CAST(substr(u.reason, 6) AS INTEGER)
            ELSE v.status END AS status,
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

DROP VIEW v_why;
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
       CASE WHEN u.reason GLOB 'http_[0-9][0-9][0-9]' THEN CAST(substr(u.reason, 6) AS INTEGER)
            ELSE v.status END AS status,
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

DROP VIEW v_report_status;
CREATE VIEW v_report_status AS
SELECT status AS status,
       count(*) AS urls
  FROM (SELECT CASE WHEN u.reason GLOB 'http_[0-9][0-9][0-9]'
                    THEN CAST(substr(u.reason, 6) AS INTEGER)
                    ELSE v.status END AS status
          FROM urls AS u
          LEFT JOIN visits AS v ON v.url_id = u.id)
 WHERE status IS NOT NULL
 GROUP BY status
 ORDER BY urls DESC, status;

-- What a page links to is looked up as written, without its fragment; a URL that was
-- rewritten on the way is at least shown with the page it was found on. A link to a redirect
-- that ends at a broken URL is broken, too: `asked` is each URL on the way.
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
  FROM ways AS w
  JOIN v_links AS l ON w.asked_url = substr(l.to_url, 1, instr(l.to_url || '#', '#') - 1)
 UNION
SELECT w.url, w.why, o.url
  FROM ways AS w
  LEFT JOIN urls AS o ON o.id = w.parent_id
 WHERE NOT (w.hop = 'R' AND ifnull(o.state, '') = 'redirected')
 ORDER BY url, held_by;
