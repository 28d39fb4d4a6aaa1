// Rows of orphanings and adoptions.
#include <algorithm>

#include "storage/batch_writer.h"

namespace crawld::storage {
base::Status BatchWriter::orphaning(const LinkChange& orphan) {
  ids_.next.fetch = std::max(ids_.next.fetch, orphan.id + 1);
  return database_.run(
      "INSERT OR REPLACE INTO orphanings (id, url_id, run_id, found_at) VALUES (?1, ?2, ?3, ?4)",
      [&](Statement& s) {
        s.integer(1, as_integer(orphan.id)).integer(2, as_integer(orphan.url_id));
        s.integer(3, run_).integer(4, orphan.found_at);
      });
}

base::Status BatchWriter::adoption(const LinkChange& adopted) {
  ids_.next.fetch = std::max(ids_.next.fetch, adopted.id + 1);
  auto done = database_.run(
      "INSERT OR REPLACE INTO adoptions (id, url_id, run_id, found_at) VALUES (?1, ?2, ?3, ?4)",
      [&](Statement& s) {
        s.integer(1, as_integer(adopted.id)).integer(2, as_integer(adopted.url_id));
        s.integer(3, run_).integer(4, adopted.found_at);
      });
  return done ? end_orphan(adopted.url_id) : done;
}

base::Status BatchWriter::end_orphan(model::UrlId url) {
  return database_.run(
      "UPDATE orphanings SET adopted_in = ?2 WHERE url_id = ?1 AND adopted_in IS NULL",
      [&](Statement& s) { s.integer(1, as_integer(url)).integer(2, run_); });
}

}  // namespace crawld::storage
