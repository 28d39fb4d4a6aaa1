#include "crawler/pipeline/queue_book.h"

#include <algorithm>
#include <utility>

namespace crawld::pipeline {
namespace {

using base::Status;
using frontier::Candidate;
using model::Verdict;

// A chunk is read back whole: with more ids in it a window would hold more than its size.
constexpr std::size_t kChunkIds = 256;
constexpr std::size_t kRowsAtOnce = 10'000;

}  // namespace

QueueBook::QueueBook(storage::PageStore& store, frontier::LocalFrontier& frontier, Options options,
                     CandidateOf candidate_of)
    : store_(store),
      frontier_(frontier),
      options_(options),
      candidate_of_(std::move(candidate_of)),
      checkpoint_at_(options.checkpoint_chunks) {}

void QueueBook::spill(storage::CommitBatch& batch) {
  for (frontier::Overflow& overflow : frontier_.take_overflow(false)) {
    append(std::move(overflow), batch);
  }
}

// Returns the first chunk's id; the last is before next_chunk_.
storage::ChunkId QueueBook::append(frontier::Overflow overflow, storage::CommitBatch& batch) {
  const storage::ChunkId first = next_chunk_;
  std::vector<model::UrlId>& ids = overflow.ids;
  std::sort(ids.begin(), ids.end());
  for (std::size_t at = 0; at < ids.size(); at += kChunkIds) {
    const auto from = ids.begin() + static_cast<std::ptrdiff_t>(at);
    const auto count = static_cast<std::ptrdiff_t>(std::min(kChunkIds, ids.size() - at));
    batch.chunks.push_back({.id = next_chunk_++,
                            .host = overflow.host,
                            .site = overflow.line.site,
                            .visited = overflow.line.visited,
                            .ids = {from, from + count}});
  }
  return first;
}

// Of ids that memory works on already: chunks for a start-up only, until the next checkpoint.
void QueueBook::append_snapshot(frontier::Overflow held, storage::CommitBatch& batch) {
  for (storage::ChunkId id = append(std::move(held), batch); id < next_chunk_; ++id) {
    snapshots_.push_back(id);
  }
}

bool QueueBook::is_parked(storage::ChunkId id) const {
  const auto at =
      std::lower_bound(parked_chunks_.begin(), parked_chunks_.end(), id,
                       [](const auto& chunk, auto wanted) { return chunk.id < wanted; });
  return at != parked_chunks_.end() && at->id == id;
}

// What memory gave away is read back from disk. All three kinds of chunks rise, and what a
// checkpoint of now wrote stands at the ends.
void QueueBook::written(const storage::CommitBatch& batch) {
  for (const storage::QueueChunk& chunk : batch.chunks) {
    if (std::binary_search(snapshots_.begin(), snapshots_.end(), chunk.id)) continue;
    if (is_parked(chunk.id)) continue;
    frontier_.add_chunk(chunk.host, {.id = static_cast<std::int64_t>(chunk.id),
                                     .count = static_cast<std::uint32_t>(chunk.ids.size()),
                                     .line = {.site = chunk.site, .visited = chunk.visited}});
  }
}

bool QueueBook::is_checkpoint_due(model::UrlId next_url) const {
  // Until a hungry host's request is answered, neither memory nor a chunk names its ids.
  if (!unanswered_.empty()) return false;
  return next_url >= store_.horizon() + options_.checkpoint_urls ||
         taken_.size() + snapshots_.size() >= checkpoint_at_;
}

// Everything that only memory knows is written as chunks, the horizon moves up to the
// next id, and the chunks that memory had taken over are deleted: one transaction, so
// that at start-up each waiting URL is found exactly once.
void QueueBook::checkpoint_if_due(storage::CommitBatch& batch, model::UrlId next_url) {
  if (!is_checkpoint_due(next_url)) return;
  // Appended, not swapped: the batch may be one that the disk refused before.
  batch.finished_chunks.insert(batch.finished_chunks.end(), taken_.begin(), taken_.end());
  taken_.clear();
  // Of this batch: memory holds their ids, so that the checkpoint writes them.
  std::erase_if(batch.chunks, [this](const storage::QueueChunk& chunk) {
    return std::binary_search(snapshots_.begin(), snapshots_.end(), chunk.id);
  });
  batch.finished_chunks.insert(batch.finished_chunks.end(), snapshots_.begin(), snapshots_.end());
  snapshots_.clear();
  for (frontier::Overflow& held : frontier_.in_memory()) {
    append_snapshot(std::move(held), batch);
  }
  append_parked(batch);
  batch.horizon = next_url;
  checkpoint_at_ = std::max(options_.checkpoint_chunks, 2 * snapshots_.size());
}

// --- sites that are not in this run ----------------------------------------------------------

void QueueBook::append_parked(storage::CommitBatch& batch) {
  for (auto& [host, ids] : parked_) {
    const std::size_t from = batch.chunks.size();
    append({.host = host, .line = {.site = storage::kNoSite}, .ids = std::move(ids)}, batch);
    for (std::size_t at = from; at < batch.chunks.size(); ++at) {
      const storage::QueueChunk& chunk = batch.chunks[at];
      parked_chunks_.push_back({.id = chunk.id,
                                .host = host,
                                .count = static_cast<std::uint32_t>(chunk.ids.size()),
                                .first = chunk.ids.front()});
    }
  }
  parked_.clear();
}

// A site that a reload brought back finds its queue where it was.
Status QueueBook::take_up_parked() {
  for (auto& [host, ids] : parked_) {
    const auto rows = store_.urls(ids);
    if (!rows) return rows.error();
    std::vector<Candidate> offers;
    ids.clear();
    for (const storage::QueuedUrl& row : *rows) {
      if (row.state != Verdict::queued) continue;
      if (auto one = candidate_of_(row)) {
        offers.push_back(*std::move(one));
      } else {
        ids.push_back(row.id);
      }
    }
    if (!offers.empty()) frontier_.offer(std::move(offers));
  }
  std::erase_if(parked_, [](const auto& entry) { return entry.second.empty(); });
  const std::vector<storage::ChunkInfo> chunks = std::exchange(parked_chunks_, {});
  for (auto chunk = chunks.begin(); chunk != chunks.end(); ++chunk) {
    if (Status loaded = load_chunk(*chunk); !loaded) {
      parked_chunks_.insert(parked_chunks_.end(), chunk, chunks.end());
      return loaded;
    }
  }
  return base::Done{};
}

// --- start-up --------------------------------------------------------------------------------

Status QueueBook::load() {
  next_chunk_ = store_.next_ids().chunk;
  loaded_horizon_ = store_.horizon();
  model::UrlId from = loaded_horizon_;
  while (true) {
    auto rows = store_.queued_from(from, kRowsAtOnce);
    if (!rows) return std::move(rows).error();
    if (rows->empty()) break;
    from = rows->back().id + 1;
    std::vector<Candidate> offers;
    for (const storage::QueuedUrl& row : *rows) {
      if (auto one = candidate_of_(row)) {
        offers.push_back(*std::move(one));
      } else {
        parked_[row.host].push_back(row.id);
      }
    }
    frontier_.offer(std::move(offers));
  }
  auto chunks = store_.chunks();
  if (!chunks) return std::move(chunks).error();
  for (const storage::ChunkInfo& chunk : *chunks) {
    last_loaded_ = std::max(last_loaded_, chunk.id);
    if (chunk.first >= loaded_horizon_) {  // the walk above has loaded all of it
      taken_.push_back(chunk.id);
    } else if (Status loaded = load_chunk(chunk); !loaded) {
      return loaded;
    }
  }
  return answer_hungry();
}

// To its host, where a site of this run waits for one of its URLs. Else it stays as it is.
Status QueueBook::load_chunk(const storage::ChunkInfo& chunk) {
  if (!frontier_.knows_host(chunk.host)) {
    const auto rows = store_.take_chunk(chunk.id);
    if (!rows) return rows.error();
    const bool ours = std::any_of(rows->begin(), rows->end(), [this](const auto& row) {
      return candidate_of_(row).has_value();
    });
    if (!ours && !rows->empty() && rows->back().id < loaded_horizon_) {
      parked_chunks_.push_back(chunk);
      return base::Done{};
    }
    if (!ours) {
      // Done with, or named in part by the walk over the horizon: the next checkpoint writes the
      // rest anew along with it.
      for (const storage::QueuedUrl& row : *rows) {
        if (row.id < loaded_horizon_) parked_[row.host].push_back(row.id);
      }
      taken_.push_back(chunk.id);
      return base::Done{};
    }
  }
  frontier_.add_stored_chunk(chunk.host, {.id = static_cast<std::int64_t>(chunk.id),
                                          .count = chunk.count,
                                          .line = {.site = chunk.site, .visited = chunk.visited}});
  return base::Done{};
}

// A request that cannot be read now is kept for the next try; until then no checkpoint
// is made, since neither memory nor a taken chunk answers for its ids.
Status QueueBook::answer_hungry() {
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
      if (auto one = candidate_of_(row)) {
        candidates.push_back(*std::move(one));
      } else {
        parked_[row.host].push_back(row.id);
      }
    }
    frontier_.refill(request, std::move(candidates));
    if (request.chunk) taken_.push_back(static_cast<storage::ChunkId>(request.chunk->id));
    unanswered_.pop_front();
  }
  return base::Done{};
}

base::Result<std::vector<storage::QueuedUrl>> QueueBook::read_backlog(
    const frontier::BacklogRequest& request) {
  if (!request.chunk) return store_.urls(request.ids);
  const auto id = static_cast<storage::ChunkId>(request.chunk->id);
  auto rows = store_.take_chunk(id);
  if (rows && id <= last_loaded_) {
    // Ids at or above the horizon were loaded by the walk of start-up; others may stand in two
    // chunks of the run before, each a snapshot of a retry.
    std::erase_if(*rows,
                  [&](const auto& row) { return row.id >= loaded_horizon_ || !takes_up(row.id); });
  }
  return rows;
}

bool QueueBook::takes_up(model::UrlId id) {
  if (id >= loaded_horizon_) return true;
  if (taken_up_.empty()) taken_up_.resize(loaded_horizon_);
  if (taken_up_[id]) return false;
  taken_up_[id] = true;
  return true;
}

void QueueBook::remember(const std::vector<Candidate>& candidates, storage::CommitBatch& batch) {
  std::map<std::pair<model::HostId, frontier::LineKey>, std::vector<model::UrlId>> by_line;
  for (const Candidate& one : candidates) {
    by_line[{one.host_id, frontier::line_of(one.request)}].push_back(one.url_id);
  }
  for (auto& [line, ids] : by_line) {
    append_snapshot({.host = line.first, .line = line.second, .ids = std::move(ids)}, batch);
  }
}

}  // namespace crawld::pipeline
