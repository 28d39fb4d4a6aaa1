// Merges runs of the seen index into one of the next level, a slice at a time.
//
// Each slice runs inside the transaction of some batch. keep() accepts what the
// slice did, undo() goes back to where the last accepted one ended.
#pragma once

#include <cstdint>
#include <vector>

#include "storage/seen/seen_run.h"

namespace crawld::storage {

class SeenMerge {
 public:
  // `sources` are copied without their filters; the target gets `filter_bytes`.
  SeenMerge(std::span<const SeenRun* const> sources, std::uint64_t target_id,
            std::size_t filter_bytes);

  // Writes up to `rows` rows at `next_row` and above, and moves it. True: all is written.
  base::Result<bool> write(Database& database, const SeenTables& tables, std::size_t rows,
                           std::uint64_t& next_row);
  void keep();
  void undo();

  const std::vector<std::uint64_t>& source_ids() const { return source_ids_; }
  const SeenRun& target() const { return target_; }
  SeenRun take_target() { return std::move(target_); }
  std::size_t memory() const;

 private:
  struct Position {
    std::size_t row = 0;
    std::size_t entry = 0;
  };
  struct Source {
    SeenRun run;  // extents and fences
    Position at;
    std::size_t loaded_row = SIZE_MAX;
    std::vector<SeenEntry> entries;  // of loaded_row
  };
  struct Mark {
    std::vector<Position> at;
    std::size_t rows = 0;
    std::vector<SeenExtent> extents;
    std::uint64_t entries = 0;
  };

  // The source with the least hash; nullptr when all are at their end.
  base::Result<Source*> least(Database& database, const SeenTables& tables);

  std::vector<Source> sources_;
  std::vector<std::uint64_t> source_ids_;
  SeenRun target_;
  Mark mark_;
};

}  // namespace crawld::storage
