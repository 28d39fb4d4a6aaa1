-- What the bodies of a host's pages have in common: bodies.codec 'zstd:7' is a frame of zstd with
-- dictionary 7. `data` is a frame itself; what is in it is raw content, as `zstd -D` takes it.
CREATE TABLE dictionaries (
  id      INTEGER PRIMARY KEY,
  host_id INTEGER NOT NULL,
  bodies  INTEGER NOT NULL, -- how many of the host had been stored when it was made
  size    INTEGER NOT NULL, -- unpacked, bytes
  data    BLOB NOT NULL
) STRICT;
