#include "storage/seen/seen_runs.h"

#include <algorithm>
#include <map>

#include "storage/database.h"

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

}  // namespace

SeenRuns::SeenRuns(Database& database, SeenKeys keys, const SeenIndex::Budget& budget)
    : database_(database), tables_(seen_tables(keys)), budget_(budget) {}

// With room enough each run gets its bits; else all get their share of the budget.
std::size_t SeenRuns::filter_bytes(std::uint64_t run_entries, std::uint32_t level) const {
  const std::uint64_t wanted = run_entries * filter_bits_per_key(level) / 8;
  std::uint64_t all = 0;
  for (const SeenRun& run : runs_) all += run.entries * filter_bits_per_key(run.level) / 8;
  all = std::max(all, wanted);
  if (all <= budget_.filter_bytes) return wanted;
  return static_cast<std::size_t>(static_cast<double>(wanted) * budget_.filter_bytes / all);
}

base::Status SeenRuns::load(SeenTable& table) {
  auto listed = list_seen_runs(database_, tables_);
  if (!listed) return std::move(listed).error();
  auto last = database_.number(tables_.last_row);
  if (!last) return std::move(last).error();
  next_row_ = static_cast<std::uint64_t>(*last) + 1;
  find_garbage(*listed);
  std::vector<SeenRun> in_memory;
  std::size_t room = budget_.memory_bytes / SeenTable::kMostBytesPerEntry;
  for (SeenRun& run : *listed) {
    last_id_ = std::max(last_id_, run.last_id);
    next_run_ = std::max(next_run_, run.id + 1);
    if (run.entries <= room) {
      room -= run.entries;
      in_memory.push_back(std::move(run));
    } else {
      answer_for(std::move(run));
    }
  }
  in_memory_ = in_memory.size();
  if (auto done = fill_filters(); !done) return done;
  return read_into(table, in_memory);
}

base::Status SeenRuns::read_into(SeenTable& table, const std::vector<SeenRun>& runs) {
  std::size_t all = 0;
  for (const SeenRun& run : runs) all += run.entries;
  table.reserve(all);
  std::vector<SeenEntry> entries;
  for (const SeenRun& run : runs) {
    for (std::size_t n = 0; n < run.fences.size(); ++n) {
      auto done = load_seen_row(database_, tables_, run.row_at(n), entries);
      if (!done) return done;
      table.load(entries);
    }
  }
  table.loaded();
  return base::Done{};
}

base::Status SeenRuns::fill_filters() {
  std::vector<SeenEntry> entries;
  for (SeenRun& run : runs_) {
    run.filter = SeenFilter(filter_bytes(run.entries, run.level));
    for (std::size_t n = 0; n < run.fences.size(); ++n) {
      auto done = load_seen_row(database_, tables_, run.row_at(n), entries);
      if (!done) return done;
      for (const SeenEntry& entry : entries) run.filter.add(entry.hash);
    }
  }
  return base::Done{};
}

// A kill in the middle of a merge leaves rows that no run names.
void SeenRuns::find_garbage(const std::vector<SeenRun>& runs) {
  std::vector<SeenExtent> used;
  for (const SeenRun& run : runs) used.insert(used.end(), run.extents.begin(), run.extents.end());
  std::sort(used.begin(), used.end(),
            [](const SeenExtent& a, const SeenExtent& b) { return a.first_row < b.first_row; });
  std::uint64_t at = 1;
  for (const SeenExtent& extent : used) {
    if (extent.first_row > at) garbage_.push_back({at, extent.first_row - at});
    at = extent.first_row + extent.count;
  }
  if (next_row_ > at) garbage_.push_back({at, next_row_ - at});
}

// Largest first.
void SeenRuns::answer_for(SeenRun run) {
  if (cache_.empty()) cache_.resize(std::max<std::size_t>(1, budget_.cache_entries));
  const auto smaller = std::find_if(runs_.begin(), runs_.end(), [&](const SeenRun& other) {
    return other.entries < run.entries;
  });
  runs_.insert(smaller, std::move(run));
}

base::Result<model::UrlId> SeenRuns::find(std::uint64_t hash) {
  if (runs_.empty()) return model::UrlId{0};
  SeenEntry& cached = cache_[hash % cache_.size()];
  if (cached.hash == hash) return cached.id;
  for (const SeenRun& run : runs_) {
    if (!run.filter.may_hold(hash)) continue;
    const auto row = run.row_for(hash);
    if (!row) continue;
    ++probes_;
    auto found = find_in_stored_row(database_, tables_, *row, hash);
    if (!found) return std::move(found).error();
    if (*found == 0) continue;
    cached = {hash, *found};
    return *found;
  }
  return model::UrlId{0};
}

void SeenRuns::begin() {
  pending_ = Pending{};
  pending_.next_row = next_row_;
}

// Packed where it is only read at the next start; plain where rows are searched.
base::Status SeenRuns::put(std::span<const SeenEntry> sorted, model::UrlId last_id,
                           Answers answers) {
  SeenRun run;
  run.id = next_run_;
  run.entries = sorted.size();
  run.last_id = last_id;
  const bool on_disk = answers == Answers::disk;
  if (on_disk) run.filter = SeenFilter(filter_bytes(run.entries, run.level));
  auto put_row = database_.statement(tables_.put_row);
  if (!put_row) return std::move(put_row).error();
  std::string row;
  for (std::span<const SeenEntry> left = sorted; !left.empty();) {
    std::size_t count = std::min(kEntriesPerRow, left.size());
    if (on_disk) {
      row = encode_seen_row(left.first(count));
      for (const SeenEntry& entry : left.first(count)) run.filter.add(entry.hash);
    } else {
      count = pack_seen_row(left, sorted.size(), row);
    }
    const auto id = static_cast<std::int64_t>(pending_.next_row);
    if (auto done = (*put_row)->integer(1, id).blob(2, row).run(); !done) return done;
    run.append_row(pending_.next_row++, left.front().hash);
    left = left.subspan(count);
  }
  if (auto done = put_seen_run(database_, tables_, run); !done) return done;
  pending_.put = std::move(run);
  pending_.answers = answers;
  return base::Done{};
}

base::Status SeenRuns::work(std::uint64_t inserted) {
  const std::size_t rows = kSliceRows + kSlicePerEntry * inserted / kEntriesPerRow;
  return merge_ ? merge_slice(rows) : free_rows(rows);
}

base::Status SeenRuns::merge_slice(std::size_t rows) {
  pending_.merged_slice = true;
  auto all = merge_->write(database_, tables_, rows, pending_.next_row);
  if (!all) return std::move(all).error();
  return *all ? finish_merge() : base::Status(base::Done{});
}

base::Status SeenRuns::finish_merge() {
  pending_.merge_finished = true;
  if (auto done = put_seen_run(database_, tables_, merge_->target()); !done) return done;
  auto drop = database_.statement(tables_.drop_run);
  if (!drop) return std::move(drop).error();
  for (const std::uint64_t id : merge_->source_ids()) {
    if (auto done = (*drop)->integer(1, static_cast<std::int64_t>(id)).run(); !done) return done;
  }
  return base::Done{};
}

base::Status SeenRuns::free_rows(std::size_t rows) {
  if (garbage_.empty()) return base::Done{};
  const SeenExtent& extent = garbage_.back();
  const std::uint64_t count = std::min<std::uint64_t>(rows, extent.count);
  auto drop = database_.statement(tables_.drop_rows);
  if (!drop) return std::move(drop).error();
  pending_.freed_rows = count;
  return (*drop)
      ->integer(1, static_cast<std::int64_t>(extent.first_row))
      .integer(2, static_cast<std::int64_t>(extent.first_row + count))
      .run();
}

void SeenRuns::committed() {
  next_row_ = pending_.next_row;
  if (pending_.put) {
    next_run_ = std::max(next_run_, pending_.put->id + 1);
    last_id_ = std::max(last_id_, pending_.put->last_id);
    if (pending_.answers == Answers::disk) answer_for(*std::move(pending_.put));
    if (pending_.answers == Answers::memory) ++in_memory_;
  }
  if (pending_.merged_slice) merge_->keep();
  if (pending_.merge_finished) take_merged();
  if (pending_.freed_rows != 0) {
    SeenExtent& extent = garbage_.back();
    extent.first_row += pending_.freed_rows;
    extent.count -= pending_.freed_rows;
    if (extent.count == 0) garbage_.pop_back();
  }
  pending_ = Pending{};
  if (!merge_) plan_merge();
}

void SeenRuns::take_merged() {
  const auto& sources = merge_->source_ids();
  std::erase_if(runs_, [&](const SeenRun& run) {
    if (std::find(sources.begin(), sources.end(), run.id) == sources.end()) return false;
    garbage_.insert(garbage_.end(), run.extents.begin(), run.extents.end());
    return true;
  });
  answer_for(merge_->take_target());
  merge_.reset();
}

// The smallest level with enough runs goes first.
void SeenRuns::plan_merge() {
  std::map<std::uint32_t, std::vector<const SeenRun*>> levels;
  for (const SeenRun& run : runs_) levels[run.level].push_back(&run);
  for (const auto& [level, sources] : levels) {
    if (sources.size() < kFanOut) continue;
    std::uint64_t sum = 0;
    for (const SeenRun* run : sources) sum += run->entries;
    merge_.emplace(sources, next_run_++, filter_bytes(sum, level + 1));
    return;
  }
}

void SeenRuns::rolled_back() {
  if (pending_.merged_slice && merge_) merge_->undo();
  pending_ = Pending{};
}

std::uint64_t SeenRuns::entries_on_disk() const {
  std::uint64_t entries = 0;
  for (const SeenRun& run : runs_) entries += run.entries;
  return entries;
}

std::size_t SeenRuns::memory() const {
  std::size_t bytes = cache_.capacity() * sizeof(SeenEntry);
  for (const SeenRun& run : runs_) bytes += run.memory();
  if (merge_) bytes += merge_->memory();
  return bytes;
}

}  // namespace crawld::storage
