-- What `revisit.compare` tells two versions of a page apart by: of the last good version, NULL
-- where the body decides.
ALTER TABLE visits ADD COLUMN compared INTEGER;
