// CommitStage: the queue on disk.
#include <algorithm>
#include <utility>

#include "crawler/pipeline/commit_stage.h"

namespace crawld::pipeline {
namespace {

using base::Status;
using frontier::Candidate;
using model::Verdict;

// A chunk is read back whole: with more ids in it a window would hold more than its size.
constexpr std::size_t kChunkIds = 256;

}  // namespace

void CommitStage::spill_overflow() {
  for (frontier::Overflow& overflow : frontier_.take_overflow(false)) {
    append_chunks(overflow.host, std::move(overflow.ids));
  }
}

// Into the batch. Returns the first chunk's id; the last is before ids_.chunk.
storage::ChunkId CommitStage::append_chunks(model::HostId host, std::vector<model::UrlId> ids) {
  const storage::ChunkId first = ids_.chunk;
  std::sort(ids.begin(), ids.end());
  for (std::size_t at = 0; at < ids.size(); at += kChunkIds) {
    const auto from = ids.begin() + static_cast<std::ptrdiff_t>(at);
    const auto count = static_cast<std::ptrdiff_t>(std::min(kChunkIds, ids.size() - at));
    batch_.chunks.push_back({.id = ids_.chunk++, .host = host, .ids = {from, from + count}});
  }
  return first;
}

// Of ids that memory works on already: chunks for a start-up only, until the next checkpoint.
void CommitStage::append_snapshot(model::HostId host, std::vector<model::UrlId> ids) {
  for (storage::ChunkId id = append_chunks(host, std::move(ids)); id < ids_.chunk; ++id) {
    snapshot_chunks_.push_back(id);
  }
}

bool CommitStage::checkpoint_due() const {
  // Until a hungry host's request is answered, neither memory nor a chunk names its ids.
  if (!unanswered_.empty()) return false;
  return ids_.url >= store_.horizon() + options_.checkpoint_urls ||
         taken_chunks_.size() + snapshot_chunks_.size() >= checkpoint_at_chunks_;
}

// Everything that only memory knows is written as chunks, the horizon moves up to the
// next id, and the chunks that memory had taken over are deleted: one transaction, so
// that at start-up each waiting URL is found exactly once.
void CommitStage::checkpoint_queue() {
  // Appended, not swapped: the batch may be one that the disk refused before.
  batch_.finished_chunks.insert(batch_.finished_chunks.end(), taken_chunks_.begin(),
                                taken_chunks_.end());
  taken_chunks_.clear();
  // Of this batch: memory holds their ids, so that the checkpoint writes them.
  std::erase_if(batch_.chunks, [this](const storage::QueueChunk& chunk) {
    return std::binary_search(snapshot_chunks_.begin(), snapshot_chunks_.end(), chunk.id);
  });
  batch_.finished_chunks.insert(batch_.finished_chunks.end(), snapshot_chunks_.begin(),
                                snapshot_chunks_.end());
  snapshot_chunks_.clear();
  for (frontier::Overflow& held : frontier_.in_memory()) {
    append_snapshot(held.host, std::move(held.ids));
  }
  batch_.horizon = ids_.url;
  checkpoint_at_chunks_ = std::max(options_.checkpoint_chunks, 2 * snapshot_chunks_.size());
}

// A request that cannot be read now is kept for the next try; until then no checkpoint
// is made, since neither memory nor a taken chunk answers for its ids.
Status CommitStage::answer_hungry() {
  for (frontier::BacklogRequest& request : frontier_.hungry()) {
    unanswered_.push_back(std::move(request));
  }
  while (!unanswered_.empty()) {
    const frontier::BacklogRequest& request = unanswered_.front();
    auto rows = read_backlog(request);
    if (!rows) return std::move(rows).error();
    std::vector<Candidate> candidates;
    for (const storage::QueuedUrl& row : *rows) {
      if (row.state != Verdict::queued) continue;
      if (auto one = candidate(row)) candidates.push_back(*std::move(one));
    }
    const std::size_t asked = request.chunk ? request.chunk->count : request.ids.size();
    frontier_.refill(request.host, std::move(candidates), asked);
    if (request.chunk) taken_chunks_.push_back(static_cast<storage::ChunkId>(request.chunk->id));
    unanswered_.pop_front();
  }
  return base::Done{};
}

base::Result<std::vector<storage::QueuedUrl>> CommitStage::read_backlog(
    const frontier::BacklogRequest& request) {
  if (!request.chunk) return store_.urls(request.ids);
  const auto id = static_cast<storage::ChunkId>(request.chunk->id);
  auto rows = store_.take_chunk(id);
  if (rows && id <= last_loaded_chunk_) {
    // Ids at or above the horizon were loaded by the walk of start-up.
    std::erase_if(*rows, [&](const auto& row) { return row.id >= loaded_horizon_; });
  }
  return rows;
}

std::optional<Candidate> CommitStage::candidate(const storage::QueuedUrl& row) {
  auto url = model::Url::parse(row.url);
  if (!url || !url->crawlable() || row.site == storage::kNoSite) return std::nullopt;
  const model::HostId host = host_of(*url, row.site);
  return Candidate{.url_id = row.id,
                   .host_id = host,
                   .request = {.url = *std::move(url),
                               .purpose = row.purpose,
                               .site = row.site,
                               .depth = row.depth,
                               .redirects = row.redirects,
                               .attempt = row.attempts,
                               .validators = row.validators,
                               .history = {.visits = row.visits,
                                           .changes = row.changes,
                                           .changed_at = row.changed_at,
                                           .visited_at = row.visited_at,
                                           .interval = row.interval,
                                           .content_hash = row.content_hash,
                                           .status = row.status},
                               .parent = row.parent,
                               .with_metadata = row.with_metadata}};
}

}  // namespace crawld::pipeline
