// A sorted, immutable run of (hash, id) on disk, cut into rows that fill a page.
//
// In memory stand one key per row (the fences) and a Bloom filter, so a look-up
// reads no row of a run that does not hold the hash, bar a few per cent, and one
// row of the run that does.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "crawler/base/result.h"
#include "storage/seen/seen_index.h"
#include "storage/seen/seen_row.h"

namespace crawld::storage {

class Database;

// Blocked Bloom filter: all bits of a key lie in one cache line.
class SeenFilter {
 public:
  SeenFilter() = default;
  explicit SeenFilter(std::size_t bytes);
  void add(std::uint64_t hash);
  bool may_hold(std::uint64_t hash) const;
  std::size_t bytes() const { return blocks_.size() * sizeof(Block); }

 private:
  struct alignas(64) Block {
    std::uint64_t words[8] = {};
  };
  std::vector<Block> blocks_;
};

// Consecutive rows of one run.
struct SeenExtent {
  std::uint64_t first_row = 0;
  std::uint64_t count = 0;
};

struct SeenRun {
  std::uint64_t id = 0;
  std::uint32_t level = 0;
  std::uint64_t entries = 0;
  model::UrlId last_id = 0;
  std::vector<SeenExtent> extents;
  std::vector<std::uint64_t> fences;
  SeenFilter filter;

  // The row that would hold `hash`; nothing when it is below the first fence.
  std::optional<std::uint64_t> row_for(std::uint64_t hash) const;
  // Row number of the n-th row. Needs: n < fences.size().
  std::uint64_t row_at(std::size_t n) const;
  void append_row(std::uint64_t row, std::uint64_t fence);
  std::size_t memory() const;
};

// The statements of one index, by table. Literals, as Database::statement needs.
struct SeenTables {
  const char* put_row;
  const char* get_row;
  const char* drop_rows;
  const char* last_row;
  const char* put_run;
  const char* drop_run;
  const char* list_runs;
  const char* recover;  // (id, text for seen_hash()) above ?1
};
const SeenTables& seen_tables(SeenKeys keys);

base::Status put_seen_run(Database& database, const SeenTables& tables, const SeenRun& run);
// Largest first; filters are left empty.
base::Result<std::vector<SeenRun>> list_seen_runs(Database& database, const SeenTables& tables);
// The entries of a row, in order. A missing or damaged row is `corrupt`.
base::Status load_seen_row(Database& database, const SeenTables& tables, std::uint64_t row,
                           std::vector<SeenEntry>& out);
// The id of `hash` in that row, or 0.
base::Result<model::UrlId> find_in_stored_row(Database& database, const SeenTables& tables,
                                              std::uint64_t row, std::uint64_t hash);

}  // namespace crawld::storage
