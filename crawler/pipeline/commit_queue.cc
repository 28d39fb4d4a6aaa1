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
constexpr std::size_t kRowsAtOnce = 10'000;

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

// What memory gave away and the batch has put on disk is read back from there.
void CommitStage::hand_over_chunks() {
  // All three rise, and what a checkpoint of now wrote stands at the ends.
  const auto is_parked = [this](storage::ChunkId id) {
    const auto at =
        std::lower_bound(parked_chunks_.begin(), parked_chunks_.end(), id,
                         [](const auto& chunk, auto wanted) { return chunk.id < wanted; });
    return at != parked_chunks_.end() && at->id == id;
  };
  for (const storage::QueueChunk& chunk : batch_.chunks) {
    if (std::binary_search(snapshot_chunks_.begin(), snapshot_chunks_.end(), chunk.id)) continue;
    if (is_parked(chunk.id)) continue;
    frontier_.add_chunk(chunk.host, {.id = static_cast<std::int64_t>(chunk.id),
                                     .count = static_cast<std::uint32_t>(chunk.ids.size())});
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
  write_parked();
  batch_.horizon = ids_.url;
  checkpoint_at_chunks_ = std::max(options_.checkpoint_chunks, 2 * snapshot_chunks_.size());
}

// --- sites that are not in this run ----------------------------------------------------------

void CommitStage::write_parked() {
  for (auto& [host, ids] : parked_) {
    const std::size_t from = batch_.chunks.size();
    append_chunks(host, std::move(ids));
    for (std::size_t at = from; at < batch_.chunks.size(); ++at) {
      const storage::QueueChunk& chunk = batch_.chunks[at];
      parked_chunks_.push_back({.id = chunk.id,
                                .host = host,
                                .count = static_cast<std::uint32_t>(chunk.ids.size()),
                                .first = chunk.ids.front()});
    }
  }
  parked_.clear();
}

// A site that a reload brought back finds its queue where it was.
Status CommitStage::take_up_parked() {
  for (auto& [host, ids] : parked_) {
    const auto rows = store_.urls(ids);
    if (!rows) return rows.error();
    std::vector<Candidate> offers;
    ids.clear();
    for (const storage::QueuedUrl& row : *rows) {
      if (row.state != Verdict::queued) continue;
      if (auto one = candidate(row)) {
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

Status CommitStage::load_queue() {
  model::UrlId from = loaded_horizon_;
  while (true) {
    auto rows = store_.queued_from(from, kRowsAtOnce);
    if (!rows) return std::move(rows).error();
    if (rows->empty()) break;
    from = rows->back().id + 1;
    std::vector<Candidate> offers;
    for (const storage::QueuedUrl& row : *rows) {
      if (auto one = candidate(row)) {
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
    last_loaded_chunk_ = std::max(last_loaded_chunk_, chunk.id);
    if (chunk.first >= loaded_horizon_) {  // the walk above has loaded all of it
      taken_chunks_.push_back(chunk.id);
    } else if (Status loaded = load_chunk(chunk); !loaded) {
      return loaded;
    }
  }
  return answer_hungry();
}

// To its host, where a site of this run waits for one of its URLs. Else it stays as it is.
Status CommitStage::load_chunk(const storage::ChunkInfo& chunk) {
  if (!frontier_.knows_host(chunk.host)) {
    const auto rows = store_.take_chunk(chunk.id);
    if (!rows) return rows.error();
    const bool ours = std::any_of(rows->begin(), rows->end(),
                                  [this](const auto& row) { return candidate(row).has_value(); });
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
      taken_chunks_.push_back(chunk.id);
      return base::Done{};
    }
  }
  frontier_.add_stored_chunk(chunk.host,
                             {.id = static_cast<std::int64_t>(chunk.id), .count = chunk.count});
  return base::Done{};
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
      if (auto one = candidate(row)) {
        candidates.push_back(*std::move(one));
      } else {
        parked_[row.host].push_back(row.id);
      }
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
    // Ids at or above the horizon were loaded by the walk of start-up; others may stand in two
    // chunks of the run before, each a snapshot of a retry.
    std::erase_if(*rows,
                  [&](const auto& row) { return row.id >= loaded_horizon_ || !takes_up(row.id); });
  }
  return rows;
}

// Once for each id that the run before left below the horizon.
bool CommitStage::takes_up(model::UrlId id) {
  if (taken_up_.empty()) taken_up_.resize(loaded_horizon_);
  if (taken_up_[id]) return false;
  taken_up_[id] = true;
  return true;
}

std::optional<Candidate> CommitStage::candidate(const storage::QueuedUrl& row) {
  auto url = model::Url::parse(row.url);
  if (!url || !url->crawlable() || row.site == storage::kNoSite) return std::nullopt;
  const model::HostId host = host_of(*url, row.site);
  const bool reread = link_rules_.are_newer_than(row.visited_at, row.site);
  return Candidate{.url_id = row.id,
                   .host_id = host,
                   .request = {.url = *std::move(url),
                               .purpose = row.purpose,
                               .site = row.site,
                               .depth = row.depth,
                               .redirects = row.redirects,
                               .attempt = row.attempts,
                               .validators = reread ? model::Validators() : row.validators,
                               .history = {.visits = row.visits,
                                           .changes = row.changes,
                                           .changed_at = row.changed_at,
                                           .visited_at = row.visited_at,
                                           .interval = row.interval,
                                           .content_hash = row.content_hash,
                                           .status = row.status,
                                           .compared = row.compared},
                               .parent = row.parent,
                               .with_metadata = row.with_metadata}};
}

}  // namespace crawld::pipeline
