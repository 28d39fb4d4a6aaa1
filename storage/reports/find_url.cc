// Looking one URL up without the index in memory.
#include "storage/database.h"
#include "storage/seen/seen_index.h"
#include "storage/seen/seen_run.h"

namespace crawld::storage {
namespace {

base::Result<model::UrlId> find_unflushed(Database& database, model::UrlId above,
                                          std::string_view href) {
  auto find = database.statement("SELECT id FROM urls WHERE id > ?1 AND url = ?2 LIMIT 1");
  if (!find) return std::move(find).error();
  auto row = (*find)->integer(1, static_cast<std::int64_t>(above)).text(2, href).step();
  if (!row) return std::move(row).error();
  const auto id = *row ? static_cast<model::UrlId>((*find)->integer(0)) : 0;
  (*find)->reset();
  return id;
}

}  // namespace

base::Result<model::UrlId> find_url(Database& database, std::string_view href) {
  const SeenTables& tables = seen_tables(SeenKeys::urls);
  const auto seed = seen_seed(database);
  if (!seed) return seed.error();
  auto runs = list_seen_runs(database, tables);
  if (!runs) return std::move(runs).error();
  const std::uint64_t hash = seen_hash(href, *seed);
  model::UrlId flushed = 0;
  for (const SeenRun& run : *runs) {
    flushed = std::max(flushed, run.last_id);
    const auto row = run.row_for(hash);
    if (!row) continue;
    auto id = find_in_stored_row(database, tables, *row, hash);
    if (!id || *id != 0) return id;
  }
  return find_unflushed(database, flushed, href);
}

}  // namespace crawld::storage
