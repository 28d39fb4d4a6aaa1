#include "storage/seen/seen_run.h"

#include <xxhash.h>

#include <algorithm>
#include <cstring>

#include "storage/database.h"

namespace crawld::storage {
namespace {

constexpr int kFilterBits = 3;  // set per key

template <class T>
std::string_view bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

template <class T>
std::vector<T> values_of(std::string_view bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
  return values;
}

constexpr SeenTables kUrlTables = {
    .put_row = "INSERT OR REPLACE INTO url_seen_rows (id, data) VALUES (?1, ?2)",
    .get_row = "SELECT data FROM url_seen_rows WHERE id = ?1",
    .drop_rows = "DELETE FROM url_seen_rows WHERE id >= ?1 AND id < ?2",
    .last_row = "SELECT max(id) FROM url_seen_rows",
    .put_run =
        "INSERT OR REPLACE INTO url_seen_runs (id, level, entries, last_id, extents, fences) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    .drop_run = "DELETE FROM url_seen_runs WHERE id = ?1",
    .list_runs =
        "SELECT id, level, entries, last_id, extents, fences FROM url_seen_runs "
        "ORDER BY entries DESC",
    .recover = "SELECT id, url FROM urls WHERE id > ?1 ORDER BY id"};

constexpr SeenTables kBodyTables = {
    .put_row = "INSERT OR REPLACE INTO body_seen_rows (id, data) VALUES (?1, ?2)",
    .get_row = "SELECT data FROM body_seen_rows WHERE id = ?1",
    .drop_rows = "DELETE FROM body_seen_rows WHERE id >= ?1 AND id < ?2",
    .last_row = "SELECT max(id) FROM body_seen_rows",
    .put_run =
        "INSERT OR REPLACE INTO body_seen_runs (id, level, entries, last_id, extents, fences) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    .drop_run = "DELETE FROM body_seen_runs WHERE id = ?1",
    .list_runs =
        "SELECT id, level, entries, last_id, extents, fences FROM body_seen_runs "
        "ORDER BY entries DESC",
    .recover = "SELECT id, hash FROM bodies WHERE id > ?1 ORDER BY id"};

}  // namespace

// Seed 0 gives what XXH3_64bits() gives: hashes of before schema 11.
std::uint64_t seen_hash(std::string_view text, std::uint64_t seed) {
  const std::uint64_t hash = XXH3_64bits_withSeed(text.data(), text.size(), seed);
  return hash == 0 ? 1 : hash;
}

base::Result<std::uint64_t> seen_seed(Database& database) {
  const auto seed = database.number("SELECT value FROM meta WHERE key = 'seen_seed'");
  if (!seed) return seed.error();
  return static_cast<std::uint64_t>(*seed);
}

const SeenTables& seen_tables(SeenKeys keys) {
  return keys == SeenKeys::urls ? kUrlTables : kBodyTables;
}

SeenFilter::SeenFilter(std::size_t bytes) : blocks_(std::max<std::size_t>(1, bytes / 64)) {}

// The block comes from the low half of the hash, the bits in it from the high half
// stirred: rows are sorted by the high bits, so those alone would crowd together.
void SeenFilter::add(std::uint64_t hash) {
  Block& block = blocks_[((hash & 0xFFFFFFFF) * blocks_.size()) >> 32];
  std::uint64_t bits = (hash * 0x9E3779B97F4A7C15ULL) >> 10;
  for (int i = 0; i < kFilterBits; ++i, bits >>= 9) {
    block.words[(bits >> 6) & 7] |= 1ULL << (bits & 63);
  }
}

bool SeenFilter::may_hold(std::uint64_t hash) const {
  if (blocks_.empty()) return true;
  const Block& block = blocks_[((hash & 0xFFFFFFFF) * blocks_.size()) >> 32];
  std::uint64_t bits = (hash * 0x9E3779B97F4A7C15ULL) >> 10;
  for (int i = 0; i < kFilterBits; ++i, bits >>= 9) {
    if ((block.words[(bits >> 6) & 7] & (1ULL << (bits & 63))) == 0) return false;
  }
  return true;
}

std::optional<std::uint64_t> SeenRun::row_for(std::uint64_t hash) const {
  const auto above = std::upper_bound(fences.begin(), fences.end(), hash);
  if (above == fences.begin()) return std::nullopt;
  return row_at(static_cast<std::size_t>(above - fences.begin()) - 1);
}

std::uint64_t SeenRun::row_at(std::size_t n) const {
  for (const SeenExtent& extent : extents) {
    if (n < extent.count) return extent.first_row + n;
    n -= extent.count;
  }
  return 0;
}

void SeenRun::append_row(std::uint64_t row, std::uint64_t fence) {
  if (!extents.empty() && extents.back().first_row + extents.back().count == row) {
    ++extents.back().count;
  } else {
    extents.push_back({row, 1});
  }
  fences.push_back(fence);
}

std::size_t SeenRun::memory() const {
  return fences.capacity() * sizeof(std::uint64_t) + extents.capacity() * sizeof(SeenExtent) +
         filter.bytes();
}

base::Status put_seen_run(Database& database, const SeenTables& tables, const SeenRun& run) {
  auto put = database.statement(tables.put_run);
  if (!put) return std::move(put).error();
  return (*put)
      ->integer(1, static_cast<std::int64_t>(run.id))
      .integer(2, run.level)
      .integer(3, static_cast<std::int64_t>(run.entries))
      .integer(4, static_cast<std::int64_t>(run.last_id))
      .blob(5, bytes_of(run.extents))
      .blob(6, bytes_of(run.fences))
      .run();
}

base::Result<std::vector<SeenRun>> list_seen_runs(Database& database, const SeenTables& tables) {
  auto list = database.statement(tables.list_runs);
  if (!list) return std::move(list).error();
  std::vector<SeenRun> runs;
  while (true) {
    auto row = (*list)->step();
    if (!row) return std::move(row).error();
    if (!*row) return runs;
    SeenRun run;
    run.id = static_cast<std::uint64_t>((*list)->integer(0));
    run.level = static_cast<std::uint32_t>((*list)->integer(1));
    run.entries = static_cast<std::uint64_t>((*list)->integer(2));
    run.last_id = static_cast<model::UrlId>((*list)->integer(3));
    run.extents = values_of<SeenExtent>((*list)->blob(4));
    run.fences = values_of<std::uint64_t>((*list)->blob(5));
    runs.push_back(std::move(run));
  }
}

namespace {

// Hands the row's bytes to `use`, which says whether they are sound, and ends the statement, so
// that no snapshot stays open.
template <class Use>
base::Status with_row(Database& database, const SeenTables& tables, std::uint64_t row, Use use) {
  auto get = database.statement(tables.get_row);
  if (!get) return std::move(get).error();
  auto found = (*get)->integer(1, static_cast<std::int64_t>(row)).step();
  if (!found) return std::move(found).error();
  const bool whole = *found && use((*get)->blob(0));
  (*get)->reset();
  if (whole) return base::Done{};
  return base::Error{base::Error::Code::corrupt,
                     database.path() +
                         " has lost a part of its list of known URLs; restore a "
                         "backup or run sqlite3 FILE .recover"};
}

}  // namespace

base::Status load_seen_row(Database& database, const SeenTables& tables, std::uint64_t row,
                           std::vector<SeenEntry>& out) {
  return with_row(database, tables, row,
                  [&](std::string_view data) { return decode_seen_row(data, out); });
}

base::Result<model::UrlId> find_in_stored_row(Database& database, const SeenTables& tables,
                                              std::uint64_t row, std::uint64_t hash) {
  model::UrlId id = 0;
  auto done = with_row(database, tables, row, [&](std::string_view data) {
    id = find_in_seen_row(data, hash);
    return is_seen_row(data);
  });
  if (!done) return std::move(done).error();
  return id;
}

}  // namespace crawld::storage
