-- What redirects and errors said, for archives (`store_answers`): headers in `fetches`, and this.
CREATE TABLE answer_bodies (
  fetch_id INTEGER PRIMARY KEY,
  codec TEXT NOT NULL,        -- as bodies.codec, without a dictionary
  size INTEGER NOT NULL,      -- unpacked, bytes
  truncated INTEGER NOT NULL, -- cut off at max_body_size
  data BLOB NOT NULL
) STRICT;
