-- A text that stands in the database already is not stored again: that of a copy of a page, and that
-- of a version in which only the markup changed.
ALTER TABLE pages ADD COLUMN text_page_id INTEGER; -- page that holds the same text; then text is NULL

CREATE VIEW page_texts AS
SELECT p.id AS page_id,
       coalesce(p.text, (SELECT t.text FROM pages AS t WHERE t.id = p.text_page_id)) AS text
  FROM pages AS p;

DROP VIEW v_pages;
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
       (SELECT x.text FROM page_texts AS x WHERE x.page_id = p.id) AS text,
       p.main_text AS main_text,
       p.markdown AS markdown
  FROM visits AS v
  JOIN pages AS p ON p.id = v.page_id
  JOIN urls AS u ON u.id = v.url_id
  LEFT JOIN hosts AS h ON h.id = u.host_id
  LEFT JOIN sites AS s ON s.id = u.site_id;

DROP VIEW search_content;
CREATE VIEW search_content AS
SELECT p.id AS id,
       p.title AS title,
       ifnull(p.main_text, (SELECT x.text FROM page_texts AS x WHERE x.page_id = p.id)) AS body
  FROM pages AS p;
