#include "storage/seen_index.h"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "storage/database.h"
#include "storage/seen_merge.h"
#include "storage/seen_run.h"
#include "storage/seen_table.h"

namespace crawld::storage {
namespace {

// So many runs of one level are merged into one of the next. Few, so that most of what is known
// stands in one large run, which is asked first.
constexpr std::size_t kFanOut = 4;
// Rows that a commit merges or frees: some always, more when much was inserted. An entry is
// written anew once a level, and what it leaves is freed.
constexpr std::size_t kSliceRows = 8;
constexpr std::size_t kSlicePerEntry = 8;

// The filters of large runs are most of what grows with the number of URLs, and those runs hold
// most of what is looked for: they get few bits.
constexpr std::size_t filter_bits_per_key(std::uint32_t level) { return level < 2 ? 8 : 4; }

// A read transaction, unless one is open already.
class Snapshot {
 public:
  explicit Snapshot(Database* database)
      : database_(database != nullptr && !database->in_transaction() ? database : nullptr) {
    // Failing, each look-up takes its own.
    if (database_ != nullptr) (void)database_->run("BEGIN", [](Statement&) {});
  }
  ~Snapshot() {
    if (database_ != nullptr) (void)database_->run("COMMIT", [](Statement&) {});
  }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

 private:
  Database* database_;
};

// Keys fall anywhere in a table: of a large one a small crawl would touch every page.
constexpr std::size_t kFirstTable = 1U << 15;

}  // namespace

class SeenIndex::State {
 public:
  State() : table(64), cache(1) {}
  State(Database& db, SeenKeys which, Budget limits)
      : database(&db),
        tables(&seen_tables(which)),
        keys(which),
        budget(limits),
        table(std::min(limits.table_entries, kFirstTable)),
        cache(std::max<std::size_t>(1, limits.cache_entries)) {}

  base::Status load();
  model::UrlId find(std::uint64_t hash);
  base::Status write_due(model::UrlId last_id);
  void committed();
  void rolled_back();

  Database* database = nullptr;
  const SeenTables* tables = nullptr;
  SeenKeys keys = SeenKeys::urls;
  Budget budget;
  SeenTable table;
  std::vector<SeenEntry> cache;
  std::vector<SeenRun> runs;  // largest first
  std::optional<SeenMerge> merge;
  std::vector<SeenExtent> garbage;  // rows of no run
  std::optional<base::Error> failure;
  std::uint64_t next_row = 1;
  std::uint64_t next_run = 1;
  std::uint64_t entries = 0;
  std::uint64_t inserted_since_slice = 0;
  std::uint64_t probes = 0;

 private:
  // What the open transaction did, until it is known to have ended well.
  struct Pending {
    std::optional<SeenRun> flushed;
    bool merged_slice = false;
    bool merge_finished = false;
    std::uint64_t next_row = 0;
    std::uint64_t freed_rows = 0;  // of garbage.back()
  };

  base::Status fill_filters();
  base::Status recover_table();
  void find_garbage();
  base::Status flush(model::UrlId last_id);
  base::Status merge_slice(std::size_t rows);
  base::Status finish_merge();
  base::Status free_rows(std::size_t rows);
  void plan_merge();
  void sort_runs();
  std::size_t filter_bytes(std::uint64_t run_entries, std::uint32_t level) const;

  Pending pending_;
};

// With room enough each run gets its bits; else all get their share of the budget.
std::size_t SeenIndex::State::filter_bytes(std::uint64_t run_entries, std::uint32_t level) const {
  const std::uint64_t wanted = run_entries * filter_bits_per_key(level) / 8;
  std::uint64_t all = 0;
  for (const SeenRun& run : runs) all += run.entries * filter_bits_per_key(run.level) / 8;
  all = std::max(all, wanted);
  if (all <= budget.filter_bytes) return wanted;
  return static_cast<std::size_t>(static_cast<double>(wanted) * budget.filter_bytes / all);
}

void SeenIndex::State::sort_runs() {
  std::sort(runs.begin(), runs.end(),
            [](const SeenRun& a, const SeenRun& b) { return a.entries > b.entries; });
}

base::Status SeenIndex::State::load() {
  auto listed = list_seen_runs(*database, *tables);
  if (!listed) return std::move(listed).error();
  runs = std::move(*listed);
  for (const SeenRun& run : runs) {
    entries += run.entries;
    next_run = std::max(next_run, run.id + 1);
  }
  auto last = database->statement(tables->last_row);
  if (!last) return std::move(last).error();
  auto row = (*last)->step();
  if (!row) return std::move(row).error();
  next_row = static_cast<std::uint64_t>((*last)->integer(0)) + 1;
  (*last)->reset();
  find_garbage();
  if (auto done = fill_filters(); !done) return done;
  return recover_table();
}

base::Status SeenIndex::State::fill_filters() {
  for (SeenRun& run : runs) {
    run.filter = SeenFilter(filter_bytes(run.entries, run.level));
    std::vector<SeenEntry> row_entries;
    for (std::size_t n = 0; n < run.fences.size(); ++n) {
      if (auto done = load_seen_row(*database, *tables, run.row_at(n), row_entries); !done) {
        return done;
      }
      for (const SeenEntry& entry : row_entries) run.filter.add(entry.hash);
    }
  }
  return base::Done{};
}

// Entries above the last flush stand in the rows of their own table.
base::Status SeenIndex::State::recover_table() {
  model::UrlId flushed = 0;
  for (const SeenRun& run : runs) flushed = std::max(flushed, run.last_id);
  auto rows = database->statement(tables->recover);
  if (!rows) return std::move(rows).error();
  (*rows)->integer(1, static_cast<std::int64_t>(flushed));
  while (true) {
    auto row = (*rows)->step();
    if (!row) return std::move(row).error();
    if (!*row) return base::Done{};
    const std::uint64_t hash = seen_hash(keys, (*rows)->text(1));
    if (table.find(hash) != 0) continue;
    table.insert({hash, static_cast<model::UrlId>((*rows)->integer(0))});
    ++entries;
  }
}

// A kill in the middle of a merge leaves rows that no run names.
void SeenIndex::State::find_garbage() {
  std::vector<SeenExtent> used;
  for (const SeenRun& run : runs) used.insert(used.end(), run.extents.begin(), run.extents.end());
  std::sort(used.begin(), used.end(),
            [](const SeenExtent& a, const SeenExtent& b) { return a.first_row < b.first_row; });
  std::uint64_t at = 1;
  for (const SeenExtent& extent : used) {
    if (extent.first_row > at) garbage.push_back({at, extent.first_row - at});
    at = extent.first_row + extent.count;
  }
  if (next_row > at) garbage.push_back({at, next_row - at});
}

model::UrlId SeenIndex::State::find(std::uint64_t hash) {
  SeenEntry& cached = cache[hash % cache.size()];
  if (cached.hash == hash) return cached.id;
  model::UrlId id = table.find(hash);
  for (std::size_t i = 0; id == 0 && i < runs.size(); ++i) {
    if (!runs[i].filter.may_hold(hash)) continue;
    const auto row = runs[i].row_for(hash);
    if (!row) continue;
    ++probes;
    auto found = find_in_stored_row(*database, *tables, *row, hash);
    if (!found) {
      if (!failure) failure = std::move(found).error();
      return 0;
    }
    id = *found;
  }
  if (id != 0) cached = {hash, id};
  return id;
}

base::Status SeenIndex::State::write_due(model::UrlId last_id) {
  pending_ = Pending{};
  pending_.next_row = next_row;
  if (database == nullptr) return base::Done{};
  if (table.size() >= budget.table_entries) {
    if (auto done = flush(last_id); !done) return done;
  }
  const std::size_t rows = kSliceRows + kSlicePerEntry * inserted_since_slice / kEntriesPerRow;
  if (merge) return merge_slice(rows);
  return free_rows(rows);
}

base::Status SeenIndex::State::flush(model::UrlId last_id) {
  const std::vector<SeenEntry> sorted = table.sorted_up_to(last_id);
  if (sorted.empty()) return base::Done{};
  SeenRun run;
  run.id = next_run;
  run.entries = sorted.size();
  run.last_id = last_id;
  run.filter = SeenFilter(filter_bytes(run.entries, run.level));
  auto put = database->statement(tables->put_row);
  if (!put) return std::move(put).error();
  for (std::size_t at = 0; at < sorted.size(); at += kEntriesPerRow) {
    const auto part = std::span(sorted).subspan(at, std::min(kEntriesPerRow, sorted.size() - at));
    const std::string data = encode_seen_row(part);
    const auto row = static_cast<std::int64_t>(pending_.next_row);
    if (auto done = (*put)->integer(1, row).blob(2, data).run(); !done) return done;
    run.append_row(pending_.next_row++, part.front().hash);
    for (const SeenEntry& entry : part) run.filter.add(entry.hash);
  }
  if (auto done = put_seen_run(*database, *tables, run); !done) return done;
  pending_.flushed = std::move(run);
  return base::Done{};
}

base::Status SeenIndex::State::merge_slice(std::size_t rows) {
  pending_.merged_slice = true;
  auto all = merge->write(*database, *tables, rows, pending_.next_row);
  if (!all) return std::move(all).error();
  return *all ? finish_merge() : base::Status(base::Done{});
}

base::Status SeenIndex::State::finish_merge() {
  pending_.merge_finished = true;
  if (auto done = put_seen_run(*database, *tables, merge->target()); !done) return done;
  auto drop = database->statement(tables->drop_run);
  if (!drop) return std::move(drop).error();
  for (const std::uint64_t id : merge->source_ids()) {
    if (auto done = (*drop)->integer(1, static_cast<std::int64_t>(id)).run(); !done) return done;
  }
  return base::Done{};
}

base::Status SeenIndex::State::free_rows(std::size_t rows) {
  if (garbage.empty()) return base::Done{};
  const SeenExtent& extent = garbage.back();
  const std::uint64_t count = std::min<std::uint64_t>(rows, extent.count);
  auto drop = database->statement(tables->drop_rows);
  if (!drop) return std::move(drop).error();
  pending_.freed_rows = count;
  return (*drop)
      ->integer(1, static_cast<std::int64_t>(extent.first_row))
      .integer(2, static_cast<std::int64_t>(extent.first_row + count))
      .run();
}

void SeenIndex::State::committed() {
  if (database == nullptr) return;
  inserted_since_slice = 0;
  next_row = pending_.next_row;
  if (pending_.flushed) {
    table.drop_up_to(pending_.flushed->last_id);
    next_run = std::max(next_run, pending_.flushed->id + 1);
    runs.push_back(std::move(*pending_.flushed));
  }
  if (pending_.merged_slice) merge->keep();
  if (pending_.merge_finished) {
    const auto& sources = merge->source_ids();
    for (const SeenRun& run : runs) {
      if (std::find(sources.begin(), sources.end(), run.id) == sources.end()) continue;
      garbage.insert(garbage.end(), run.extents.begin(), run.extents.end());
    }
    std::erase_if(runs, [&](const SeenRun& run) {
      return std::find(sources.begin(), sources.end(), run.id) != sources.end();
    });
    runs.push_back(merge->take_target());
    merge.reset();
  }
  if (pending_.freed_rows != 0) {
    SeenExtent& extent = garbage.back();
    extent.first_row += pending_.freed_rows;
    extent.count -= pending_.freed_rows;
    if (extent.count == 0) garbage.pop_back();
  }
  pending_ = Pending{};
  sort_runs();
  if (!merge) plan_merge();
}

void SeenIndex::State::rolled_back() {
  if (pending_.merged_slice && merge) merge->undo();
  pending_ = Pending{};
}

// The smallest level with enough runs goes first.
void SeenIndex::State::plan_merge() {
  std::map<std::uint32_t, std::vector<const SeenRun*>> levels;
  for (const SeenRun& run : runs) levels[run.level].push_back(&run);
  for (const auto& [level, sources] : levels) {
    if (sources.size() < kFanOut) continue;
    std::uint64_t sum = 0;
    for (const SeenRun* run : sources) sum += run->entries;
    merge.emplace(sources, next_run++, filter_bytes(sum, level + 1));
    return;
  }
}

SeenIndex::SeenIndex() : state_(std::make_unique<State>()) {}
SeenIndex::SeenIndex(std::unique_ptr<State> state) : state_(std::move(state)) {}
SeenIndex::~SeenIndex() = default;

base::Result<std::unique_ptr<SeenIndex>> SeenIndex::open(Database& database, SeenKeys keys,
                                                         Budget budget) {
  auto state = std::make_unique<State>(database, keys, budget);
  if (auto done = state->load(); !done) return std::move(done).error();
  return std::unique_ptr<SeenIndex>(new SeenIndex(std::move(state)));
}

model::UrlId SeenIndex::find(std::uint64_t hash) { return state_->find(hash); }

// In order of hash, so that look-ups in one row of a run come together.
void SeenIndex::find(std::span<const std::uint64_t> hashes, std::span<model::UrlId> ids) {
  std::vector<std::uint32_t> order(hashes.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return hashes[a] < hashes[b]; });
  // One snapshot for all of them: each look-up alone would lock and unlock the log.
  const Snapshot snapshot(state_->database);
  for (const std::uint32_t i : order) ids[i] = state_->find(hashes[i]);
}

void SeenIndex::insert(std::uint64_t hash, model::UrlId id) {
  state_->table.insert({hash, id});
  state_->cache[hash % state_->cache.size()] = {hash, id};
  ++state_->entries;
  ++state_->inserted_since_slice;
}

base::Status SeenIndex::take_failure() {
  if (!state_->failure) return base::Done{};
  base::Error error = std::move(*state_->failure);
  state_->failure.reset();
  return error;
}

base::Status SeenIndex::write_due(model::UrlId last_id) { return state_->write_due(last_id); }
void SeenIndex::committed() { state_->committed(); }
void SeenIndex::rolled_back() { state_->rolled_back(); }

SeenIndex::Figures SeenIndex::figures() const {
  std::uint64_t memory = state_->table.memory() + state_->cache.capacity() * sizeof(SeenEntry);
  for (const SeenRun& run : state_->runs) memory += run.memory();
  if (state_->merge) memory += state_->merge->memory();
  return {.entries = state_->entries,
          .runs = state_->runs.size(),
          .memory = memory,
          .probes = state_->probes};
}

}  // namespace crawld::storage
