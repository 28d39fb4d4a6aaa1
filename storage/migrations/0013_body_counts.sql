-- How many bodies of each host's pages were stored, and the latest of those that its next
-- dictionary is made of (rows of `bodies`; 0: none yet), so that many short runs count as a long one.
CREATE TABLE body_counts (
  host_id INTEGER PRIMARY KEY,
  bodies  INTEGER NOT NULL,
  sample1 INTEGER NOT NULL,
  sample2 INTEGER NOT NULL,
  sample3 INTEGER NOT NULL,
  sample4 INTEGER NOT NULL
) STRICT;
