-- What the hashes of url_seen_* and body_seen_* begin with, so that nobody can make in advance a URL
-- that passes for another one. Where URLs are known already their hashes stand, made without.
INSERT INTO meta (key, value) SELECT 'seen_seed', random() WHERE NOT EXISTS (SELECT 1 FROM urls);
