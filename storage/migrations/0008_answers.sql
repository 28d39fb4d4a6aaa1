-- What an answer that stored no page said, for archives: of a redirect, and of what is gone.
ALTER TABLE fetches ADD COLUMN headers TEXT; -- JSON: [[name, value], ...]
