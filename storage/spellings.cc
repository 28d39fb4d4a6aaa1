#include "storage/spellings.h"

namespace crawld::storage {

base::Result<std::string> stored_spellings(Database& reader) {
  std::string json;
  auto done = reader.each(
      "SELECT value FROM meta WHERE key = 'spellings'", [](Statement&) {},
      [&](Statement& s) { json = s.text(0); });
  if (!done) return std::move(done).error();
  return json;
}

base::Status store_spellings(Database& writer, std::string_view json) {
  return writer.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('spellings', ?1)",
                    [&](Statement& s) { s.text(1, json); });
}

}  // namespace crawld::storage
