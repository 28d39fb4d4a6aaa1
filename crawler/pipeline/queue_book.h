// The queue on disk: chunks of ids that wait, of one line of a host each, and who answers for each
// id.
//
// An id that waits is named by memory (the frontier's), by a chunk, or by standing at or above the
// horizon; after a kill the chunks and the horizon alone must name each of them. Chunks that memory
// has taken over stay until the next checkpoint, which writes everything that only memory knows,
// moves the horizon up and deletes them, all in one batch.
//
// Owned by the commit thread. What waits of sites that are not in this run is parked: nobody
// fetches it, and no checkpoint loses it.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "crawler/frontier/local_frontier.h"
#include "storage/page_store.h"

namespace crawld::pipeline {

class QueueBook {
 public:
  struct Options {
    std::size_t checkpoint_urls = 1U << 18;  // new URLs between two checkpoints
    // Or so many chunks that a start-up alone needs: a daemon that only visits again finds
    // few new URLs, but writes chunks at each beat.
    std::size_t checkpoint_chunks = 4'096;
  };
  // What a row is to the frontier; nothing for one whose site is not in this run.
  using CandidateOf = std::function<std::optional<frontier::Candidate>(const storage::QueuedUrl&)>;

  QueueBook(storage::PageStore& store, frontier::LocalFrontier& frontier, Options options,
            CandidateOf candidate_of);

  // Hands what waits to the frontier. Call once, before any other.
  base::Status load();

  // What the frontier has no room for, into the batch.
  void spill(storage::CommitBatch& batch);
  // A checkpoint into the batch, where one is due. `next_url`: the next id of a URL.
  void checkpoint_if_due(storage::CommitBatch& batch, model::UrlId next_url);
  // After the batch is durable: the frontier may read its chunks back.
  void written(const storage::CommitBatch& batch);
  // Gives hosts that ran dry what stands on disk.
  base::Status answer_hungry();

  // Ids below the horizon that wait again: a chunk remembers them until the next checkpoint, while
  // memory already works on them.
  void remember(const std::vector<frontier::Candidate>& candidates, storage::CommitBatch& batch);
  // True once for each id that the run before left below the horizon; for others always.
  bool takes_up(model::UrlId id);

  void park(model::HostId host, model::UrlId id) { parked_[host].push_back(id); }
  void unpark(model::HostId host, model::UrlId id) { std::erase(parked_[host], id); }
  // Of sites that a reload brought back.
  base::Status take_up_parked();

 private:
  storage::ChunkId append(frontier::Overflow overflow, storage::CommitBatch& batch);
  void append_snapshot(frontier::Overflow held, storage::CommitBatch& batch);
  void append_parked(storage::CommitBatch& batch);
  bool is_parked(storage::ChunkId id) const;
  bool is_checkpoint_due(model::UrlId next_url) const;
  base::Status load_chunk(const storage::ChunkInfo& chunk);
  base::Result<std::vector<storage::QueuedUrl>> read_backlog(
      const frontier::BacklogRequest& request);

  storage::PageStore& store_;
  frontier::LocalFrontier& frontier_;
  const Options options_;
  const CandidateOf candidate_of_;

  storage::ChunkId next_chunk_ = 1;
  std::deque<frontier::BacklogRequest> unanswered_;  // of hungry hosts, not read yet
  std::vector<storage::ChunkId> taken_;              // read back; memory answers for their ids
  std::vector<storage::ChunkId> snapshots_;          // of the last checkpoint
  std::size_t checkpoint_at_;                        // of both
  std::map<model::HostId, std::vector<model::UrlId>> parked_;  // chunks from the next checkpoint on
  std::vector<storage::ChunkInfo> parked_chunks_;              // rising ids
  model::UrlId loaded_horizon_ = 0;
  std::vector<bool> taken_up_;  // by id, below loaded_horizon_; empty until one is
  storage::ChunkId last_loaded_ = 0;
};

}  // namespace crawld::pipeline
