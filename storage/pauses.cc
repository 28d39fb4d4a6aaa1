#include "storage/pauses.h"

namespace crawld::storage {

base::Result<std::vector<SitePause>> stored_pauses(Database& reader) {
  std::vector<SitePause> all;
  auto done = reader.each(
      "SELECT substr(key, 8), value FROM meta WHERE key >= 'paused:' AND key < 'paused;' "
      "ORDER BY key",
      [](Statement&) {},
      [&](Statement& s) {
        all.push_back({.site = std::string(s.text(0)), .since = s.integer(1)});
      });
  if (!done) return std::move(done).error();
  return all;
}

}  // namespace crawld::storage
