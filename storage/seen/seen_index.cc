#include "storage/seen/seen_index.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "storage/database.h"
#include "storage/seen/seen_runs.h"
#include "storage/seen/seen_table.h"

namespace crawld::storage {
namespace {

// A read transaction, unless one is open already.
class Snapshot {
 public:
  explicit Snapshot(Database& database) : database_(database), mine_(!database.in_transaction()) {
    // Failing, each look-up takes its own.
    if (mine_) (void)database_.run("BEGIN", [](Statement&) {});
  }
  ~Snapshot() {
    if (mine_) (void)database_.run("COMMIT", [](Statement&) {});
  }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

 private:
  Database& database_;
  const bool mine_;
};

}  // namespace

class SeenIndex::State {
 public:
  State() = default;
  State(Database& database, SeenKeys keys, std::uint64_t seed, const Budget& budget)
      : database_(&database), keys_(keys), seed_(seed), budget_(budget) {
    runs_.emplace(database, keys, budget);
  }

  base::Status load();
  model::UrlId find(std::uint64_t hash);
  void find(std::span<const std::uint64_t> hashes, std::span<model::UrlId> ids);
  void insert(SeenEntry entry);
  base::Status write_due(model::UrlId last_id);
  void committed();
  void rolled_back();
  Figures figures() const;

  std::optional<base::Error> failure;

 private:
  bool asks_disk() const { return runs_ && runs_->asks_disk(); }
  model::UrlId find_on_disk(std::uint64_t hash);
  void find_on_disk(std::span<const std::uint64_t> hashes, std::span<model::UrlId> ids);
  base::Status recover_waiting();
  base::Status write_run(model::UrlId last_id);

  Database* database_ = nullptr;
  SeenKeys keys_ = SeenKeys::urls;
  std::uint64_t seed_ = 0;
  Budget budget_;
  SeenTable table_;
  std::optional<SeenRuns> runs_;    // none without a database
  std::vector<SeenEntry> waiting_;  // in no run yet, rising ids; in the table as well
  std::uint64_t inserted_ = 0;      // since the last commit

  // What the open transaction wrote: so many from the front of `waiting_`.
  std::size_t written_ = 0;
  SeenRuns::Answers answers_ = SeenRuns::Answers::memory;
};

base::Status SeenIndex::State::load() {
  if (auto done = runs_->load(table_); !done) return done;
  return recover_waiting();
}

// What no run holds stands in the rows of its own table.
base::Status SeenIndex::State::recover_waiting() {
  return database_->each(
      seen_tables(keys_).recover,
      [&](Statement& s) { s.integer(1, static_cast<std::int64_t>(runs_->last_id())); },
      [&](Statement& s) {
        const std::uint64_t hash = seen_hash(s.text(1), seed_);
        if (table_.find(hash) != 0) return;
        table_.insert({hash, static_cast<model::UrlId>(s.integer(0))});
        waiting_.push_back({hash, static_cast<model::UrlId>(s.integer(0))});
      });
}

model::UrlId SeenIndex::State::find(std::uint64_t hash) {
  const model::UrlId id = table_.find(hash);
  return id != 0 || !asks_disk() ? id : find_on_disk(hash);
}

void SeenIndex::State::find(std::span<const std::uint64_t> hashes, std::span<model::UrlId> ids) {
  table_.find(hashes, ids);
  if (asks_disk()) find_on_disk(hashes, ids);
}

model::UrlId SeenIndex::State::find_on_disk(std::uint64_t hash) {
  auto found = runs_->find(hash);
  if (found) return *found;
  if (!failure) failure = std::move(found).error();
  return 0;
}

// In order of hash, so that look-ups in one row of a run come together.
void SeenIndex::State::find_on_disk(std::span<const std::uint64_t> hashes,
                                    std::span<model::UrlId> ids) {
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < hashes.size(); ++i) {
    if (ids[i] == 0) order.push_back(i);
  }
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return hashes[a] < hashes[b]; });
  // One snapshot for all of them: each look-up alone would lock and unlock the log.
  const Snapshot snapshot(*database_);
  for (const std::uint32_t i : order) ids[i] = find_on_disk(hashes[i]);
}

void SeenIndex::State::insert(SeenEntry entry) {
  table_.insert(entry);
  if (runs_) waiting_.push_back(entry);
  ++inserted_;
}

base::Status SeenIndex::State::write_due(model::UrlId last_id) {
  written_ = 0;
  if (!runs_) return base::Done{};
  runs_->begin();
  if (waiting_.size() >= budget_.run_entries) {
    if (auto done = write_run(last_id); !done) return done;
  }
  return runs_->work(inserted_);
}

base::Status SeenIndex::State::write_run(model::UrlId last_id) {
  const auto end =
      std::partition_point(waiting_.begin(), waiting_.end(),
                           [&](const SeenEntry& entry) { return entry.id <= last_id; });
  std::vector<SeenEntry> sorted(waiting_.begin(), end);
  if (sorted.empty()) return base::Done{};
  std::sort(sorted.begin(), sorted.end(),
            [](const SeenEntry& a, const SeenEntry& b) { return a.hash < b.hash; });
  answers_ =
      table_.memory() <= budget_.memory_bytes ? SeenRuns::Answers::memory : SeenRuns::Answers::disk;
  if (auto done = runs_->put(sorted, last_id, answers_); !done) return done;
  written_ = sorted.size();
  return base::Done{};
}

void SeenIndex::State::committed() {
  inserted_ = 0;
  if (!runs_) return;
  runs_->committed();
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(written_);
  if (answers_ == SeenRuns::Answers::disk) {
    std::for_each(waiting_.begin(), end, [&](const SeenEntry& e) { table_.erase(e.hash); });
  }
  waiting_.erase(waiting_.begin(), end);
  written_ = 0;
}

void SeenIndex::State::rolled_back() {
  written_ = 0;
  if (runs_) runs_->rolled_back();
}

SeenIndex::Figures SeenIndex::State::figures() const {
  Figures figures{};
  figures.entries = table_.size();
  figures.memory = table_.memory() + waiting_.capacity() * sizeof(SeenEntry);
  if (runs_) {
    figures.on_disk = runs_->entries_on_disk();
    figures.entries += figures.on_disk;
    figures.runs = runs_->count();
    figures.memory += runs_->memory();
    figures.probes = runs_->probes();
  }
  return figures;
}

SeenIndex::SeenIndex() : state_(std::make_unique<State>()) {}
SeenIndex::SeenIndex(std::unique_ptr<State> state, std::uint64_t seed)
    : state_(std::move(state)), seed_(seed) {}
SeenIndex::~SeenIndex() = default;

base::Result<std::unique_ptr<SeenIndex>> SeenIndex::open(Database& database, SeenKeys keys,
                                                         Budget budget) {
  const auto seed = seen_seed(database);
  if (!seed) return seed.error();
  auto state = std::make_unique<State>(database, keys, *seed, budget);
  if (auto done = state->load(); !done) return std::move(done).error();
  return std::unique_ptr<SeenIndex>(new SeenIndex(std::move(state), *seed));
}

model::UrlId SeenIndex::find(std::uint64_t hash) { return state_->find(hash); }

void SeenIndex::find(std::span<const std::uint64_t> hashes, std::span<model::UrlId> ids) {
  state_->find(hashes, ids);
}

void SeenIndex::insert(std::uint64_t hash, model::UrlId id) { state_->insert({hash, id}); }

base::Status SeenIndex::take_failure() {
  if (!state_->failure) return base::Done{};
  base::Error error = std::move(*state_->failure);
  state_->failure.reset();
  return error;
}

const std::optional<base::Error>& SeenIndex::failure() const { return state_->failure; }

base::Status SeenIndex::write_due(model::UrlId last_id) { return state_->write_due(last_id); }
void SeenIndex::committed() { state_->committed(); }
void SeenIndex::rolled_back() { state_->rolled_back(); }

SeenIndex::Figures SeenIndex::figures() const { return state_->figures(); }

}  // namespace crawld::storage
