-- The full-text index, filled by commits where `search_index` is on.
--
-- It keeps no text of its own: snippets are read from the pages. Versions that were
-- superseded stay in it; storage/search/search joins them away.

CREATE VIEW search_content AS
SELECT id, title, ifnull(main_text, text) AS body FROM pages;

CREATE VIRTUAL TABLE search USING fts5(
  title, body,
  content = 'search_content', content_rowid = 'id',
  tokenize = 'unicode61 remove_diacritics 2'
);

-- The versions of one URL. A first crawl stores none of them: every page is the first.
CREATE INDEX pages_versions ON pages (url_id) WHERE previous_id IS NOT NULL;
