#include "storage/seen/seen_merge.h"

#include <algorithm>

#include "storage/database.h"

namespace crawld::storage {

SeenMerge::SeenMerge(std::span<const SeenRun* const> sources, std::uint64_t target_id,
                     std::size_t filter_bytes) {
  for (const SeenRun* run : sources) {
    Source source;
    source.run.extents = run->extents;
    source.run.fences = run->fences;
    sources_.push_back(std::move(source));
    source_ids_.push_back(run->id);
    target_.level = std::max(target_.level, run->level + 1);
    target_.last_id = std::max(target_.last_id, run->last_id);
  }
  target_.id = target_id;
  target_.filter = SeenFilter(filter_bytes);
  keep();
}

base::Result<SeenMerge::Source*> SeenMerge::least(Database& database, const SeenTables& tables) {
  Source* best = nullptr;
  for (Source& source : sources_) {
    if (source.at.row == source.run.fences.size()) continue;
    if (source.loaded_row != source.at.row) {
      const std::uint64_t row = source.run.row_at(source.at.row);
      if (auto done = load_seen_row(database, tables, row, source.entries); !done) {
        return std::move(done).error();
      }
      source.loaded_row = source.at.row;
    }
    if (best == nullptr ||
        source.entries[source.at.entry].hash < best->entries[best->at.entry].hash) {
      best = &source;
    }
  }
  return best;
}

base::Result<bool> SeenMerge::write(Database& database, const SeenTables& tables, std::size_t rows,
                                    std::uint64_t& next_row) {
  auto put = database.statement(tables.put_row);
  if (!put) return std::move(put).error();
  std::vector<SeenEntry> entries;
  entries.reserve(kEntriesPerRow);
  for (std::size_t written = 0; written < rows; ++written) {
    entries.clear();
    while (entries.size() < kEntriesPerRow) {
      auto source = least(database, tables);
      if (!source) return std::move(source).error();
      if (*source == nullptr) break;
      Source& from = **source;
      entries.push_back(from.entries[from.at.entry]);
      target_.filter.add(entries.back().hash);
      if (++from.at.entry == from.entries.size()) from.at = {from.at.row + 1, 0};
    }
    if (entries.empty()) return true;
    const std::string data = encode_seen_row(entries);
    auto done = (*put)->integer(1, static_cast<std::int64_t>(next_row)).blob(2, data).run();
    if (!done) return std::move(done).error();
    target_.append_row(next_row++, entries.front().hash);
    target_.entries += entries.size();
  }
  return false;
}

void SeenMerge::keep() {
  mark_.at.clear();
  for (const Source& source : sources_) mark_.at.push_back(source.at);
  mark_.rows = target_.fences.size();
  mark_.extents = target_.extents;
  mark_.entries = target_.entries;
}

// Bits set in the filter by the slice stay set: the same keys will be added again.
void SeenMerge::undo() {
  for (std::size_t i = 0; i < sources_.size(); ++i) sources_[i].at = mark_.at[i];
  target_.fences.resize(mark_.rows);
  target_.extents = mark_.extents;
  target_.entries = mark_.entries;
}

std::size_t SeenMerge::memory() const {
  std::size_t bytes = target_.memory();
  for (const Source& source : sources_) {
    bytes += source.run.memory() + source.entries.capacity() * sizeof(SeenEntry);
  }
  return bytes;
}

}  // namespace crawld::storage
