-- What `crawld report` prints, as views: the same rows, without its limits. v_changes tells
-- where a page moved to.

CREATE VIEW v_report_outcomes AS
SELECT state AS state,
       sum(count) AS urls
  FROM url_counts
 GROUP BY state
HAVING sum(count) > 0
 ORDER BY urls DESC, state;

CREATE VIEW v_report_reasons AS
SELECT state AS state,
       reason AS reason,
       count(*) AS urls
  FROM urls
 WHERE reason IS NOT NULL
 GROUP BY state, reason
 ORDER BY urls DESC, state, reason;

CREATE VIEW v_report_status AS
SELECT status AS status,
       count(*) AS urls
  FROM visits
 WHERE status IS NOT NULL
 GROUP BY status
 ORDER BY urls DESC, status;

CREATE VIEW v_report_types AS
SELECT lower(trim(substr(p.content_type, 1, instr(p.content_type || ';', ';') - 1))) AS type,
       count(*) AS pages,
       sum(p.bytes) AS bytes
  FROM visits AS v
  JOIN pages AS p ON p.id = v.page_id
 GROUP BY type
 ORDER BY pages DESC, type;

CREATE VIEW v_report_depths AS
SELECT u.depth AS depth,
       count(*) AS urls,
       count(v.page_id) AS pages
  FROM urls AS u
  LEFT JOIN visits AS v ON v.url_id = u.id
 GROUP BY u.depth
 ORDER BY u.depth;

-- Imported answers took no time and do not count.
CREATE VIEW v_report_hosts AS
SELECT h.host AS host,
       count(*) AS requests,
       round(avg(f.total_us) / 1000.0, 1) AS mean_ms,
       round(max(f.total_us) / 1000.0, 1) AS longest_ms
  FROM fetches AS f
  JOIN urls AS u ON u.id = f.url_id
  JOIN hosts AS h ON h.id = u.host_id
 WHERE f.total_us > 0
 GROUP BY h.id
 ORDER BY mean_ms DESC;

-- What a page links to is looked up as written, without its fragment; a URL that was
-- rewritten on the way is at least shown with the page it was found on.
CREATE VIEW v_report_broken_links AS
WITH broken AS MATERIALIZED (
  SELECT id AS id, url AS url, parent_id AS parent_id, ifnull(reason, state) AS why
    FROM urls
   WHERE state IN ('gone', 'failed'))
SELECT b.url AS url, b.why AS why, l.from_url AS held_by
  FROM broken AS b
  JOIN v_links AS l ON b.url = substr(l.to_url, 1, instr(l.to_url || '#', '#') - 1)
 UNION
SELECT b.url, b.why, o.url
  FROM broken AS b
  LEFT JOIN urls AS o ON o.id = b.parent_id
 ORDER BY url, held_by;

CREATE VIEW v_report_redirects AS
SELECT u.url AS url,
       u.reason AS how,
       ifnull(t.url, f.target) AS target
  FROM urls AS u
  LEFT JOIN urls AS t ON t.parent_id = u.id AND t.hop = 'R'
  LEFT JOIN (SELECT url_id, max(detail) AS target
               FROM fetches
              WHERE outcome = 'redirected'
              GROUP BY url_id) AS f ON f.url_id = u.id
 WHERE u.state = 'redirected'
 ORDER BY u.url;

CREATE VIEW v_report_duplicates AS
SELECT p.content_hash AS content,
       count(*) AS urls,
       min(u.url) AS one,
       max(u.url) AS another
  FROM visits AS v
  JOIN pages AS p ON p.id = v.page_id
  JOIN urls AS u ON u.id = v.url_id
 WHERE p.content_hash IS NOT NULL AND p.status = 200
 GROUP BY p.content_hash
HAVING count(*) > 1
 ORDER BY urls DESC, one;

CREATE VIEW v_report_titles_missing AS
SELECT u.url AS url
  FROM visits AS v
  JOIN pages AS p ON p.id = v.page_id
  JOIN urls AS u ON u.id = v.url_id
 WHERE p.status = 200 AND p.kind IN ('html', 'xhtml') AND p.title IS NULL
 ORDER BY u.url;

CREATE VIEW v_report_titles_double AS
SELECT p.title AS title,
       count(*) AS pages,
       min(u.url) AS one,
       max(u.url) AS another
  FROM visits AS v
  JOIN pages AS p ON p.id = v.page_id
  JOIN urls AS u ON u.id = v.url_id
 WHERE p.status = 200 AND p.title IS NOT NULL
 GROUP BY p.title
HAVING count(*) > 1
 ORDER BY pages DESC, title;

CREATE VIEW v_report_fields AS
SELECT r.rule AS rule,
       j.key AS field,
       count(*) AS records,
       sum(j.type <> 'null') AS filled,
       round(100.0 * sum(j.type <> 'null') / count(*), 1) AS percent
  FROM records AS r
  JOIN json_each(r.fields) AS j
 GROUP BY r.rule, j.key
 ORDER BY r.rule, percent, field;

-- Where a page moved to, as the server said it: a redirect stores no page to look at.
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
       u.id AS url_id
  FROM fetches AS f
  JOIN urls AS u ON u.id = f.url_id
  LEFT JOIN pages AS p ON p.id = f.page_id
  LEFT JOIN sites AS s ON s.id = u.site_id
 WHERE f.change IS NOT NULL;
