// The runs of a seen index in the database: writes them, reads them at a start, and answers
// for those whose entries have no room in memory.
//
// Those have a Bloom filter and one key per row in memory, and are merged in slices, so that
// no commit stalls and few are asked. Runs that stand in memory as well are never read again
// before the next start, and never merged: what is known is written once.
//
// Threads: the commit thread.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "storage/seen/seen_merge.h"
#include "storage/seen/seen_run.h"
#include "storage/seen/seen_table.h"

namespace crawld::storage {

class SeenRuns {
 public:
  // Who answers for a run.
  enum class Answers : std::uint8_t { memory, disk };

  SeenRuns(Database& database, SeenKeys keys, const SeenIndex::Budget& budget);

  // Reads what stands: as many runs as the budget has memory for go into `table`.
  base::Status load(SeenTable& table);

  // Of the runs that the disk answers for; 0 when unknown.
  base::Result<model::UrlId> find(std::uint64_t hash);
  bool asks_disk() const { return !runs_.empty(); }

  // In a transaction, in this order: begins; writes a run; merges or frees some rows, more the
  // more was inserted.
  void begin();
  base::Status put(std::span<const SeenEntry> sorted, model::UrlId last_id, Answers answers);
  base::Status work(std::uint64_t inserted);
  // The transaction ended.
  void committed();
  void rolled_back();

  model::UrlId last_id() const { return last_id_; }  // all up to it stand in some run
  std::uint64_t count() const { return runs_.size() + in_memory_; }
  std::uint64_t entries_on_disk() const;  // that memory does not answer for
  std::uint64_t probes() const { return probes_; }
  std::size_t memory() const;

 private:
  // What the open transaction did, until it is known to have ended well.
  struct Pending {
    std::optional<SeenRun> put;
    Answers answers = Answers::memory;
    bool merged_slice = false;
    bool merge_finished = false;
    std::uint64_t next_row = 0;
    std::uint64_t freed_rows = 0;  // of garbage_.back()
  };

  base::Status read_into(SeenTable& table, const std::vector<SeenRun>& runs);
  base::Status fill_filters();
  void find_garbage(const std::vector<SeenRun>& runs);
  base::Status merge_slice(std::size_t rows);
  base::Status finish_merge();
  base::Status free_rows(std::size_t rows);
  void take_merged();
  void plan_merge();
  void answer_for(SeenRun run);
  std::size_t filter_bytes(std::uint64_t run_entries, std::uint32_t level) const;

  Database& database_;
  const SeenTables& tables_;
  const SeenIndex::Budget budget_;
  std::vector<SeenRun> runs_;     // that the disk answers for, largest first
  std::vector<SeenEntry> cache_;  // found there not long ago, direct mapped
  std::optional<SeenMerge> merge_;
  std::vector<SeenExtent> garbage_;  // rows of no run
  std::uint64_t in_memory_ = 0;      // other runs
  std::uint64_t next_row_ = 1;
  std::uint64_t next_run_ = 1;
  std::uint64_t probes_ = 0;
  model::UrlId last_id_ = 0;
  Pending pending_;
};

}  // namespace crawld::storage
