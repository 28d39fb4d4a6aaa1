// LocalFrontier: the URLs of a host that its windows have no room for.
#include <algorithm>
#include <utility>

#include "crawler/frontier/local_frontier.h"

namespace crawld::frontier {

using base::MutexLock;

std::vector<Overflow> LocalFrontier::take_overflow(bool all) {
  MutexLock lock(mutex_);
  std::vector<Overflow> taken;
  const std::size_t least = all ? 1 : options_.spill_at;
  const auto take_from = [&](HostQueue& host) {
    for (Line& line : host.lines) {
      if (line.overflow.size() < least) continue;
      auto& ids = taken.emplace_back(Overflow{.host = host.id, .line = line.key, .ids = {}}).ids;
      host.change(line, [&] { ids.swap(line.overflow); });
    }
  };
  if (all) {
    for (auto& [id, host] : hosts_) take_from(*host);
  } else {
    for (const model::HostId id : overflowing_) take_from(must_find(id));
  }
  overflowing_.clear();
  return taken;
}

void LocalFrontier::add_chunk(model::HostId id, ChunkRef chunk) {
  MutexLock lock(mutex_);
  HostQueue& host = must_find(id);
  // Of a site that left the configuration.
  if (!sites_.is_configured(chunk.line.site)) chunk.line.site = host.site;
  Line& line = line_at(host, chunk.line);
  host.change(line, [&] { line.chunks.push_back(chunk); });
  schedule(host);
}

void LocalFrontier::add_stored_chunk(model::HostId id, ChunkRef chunk) {
  {
    MutexLock lock(mutex_);
    waiting_ += chunk.count;
  }
  add_chunk(id, chunk);
}

// What to read back for the line, which thereby is asked for.
void LocalFrontier::take_from_backlog(Line& line, BacklogRequest& request) const {
  line.refilling = true;
  if (!line.chunks.empty()) {
    request.chunk = line.chunks.front();
    line.chunks.pop_front();
    return;
  }
  // Oldest first; at most a window at a time.
  const auto end = line.overflow.begin() +
                   static_cast<std::ptrdiff_t>(std::min(line.overflow.size(), options_.window));
  request.ids.assign(line.overflow.begin(), end);
  line.overflow.erase(line.overflow.begin(), end);
}

std::vector<BacklogRequest> LocalFrontier::hungry() {
  MutexLock lock(mutex_);
  std::vector<BacklogRequest> requests;
  for (const model::HostId id : hungry_) {
    HostQueue& host = must_find(id);
    for (Line* line : host.low_lines()) {
      if (!may_read_back(host, *line)) continue;
      BacklogRequest& request = requests.emplace_back(
          BacklogRequest{.host = id, .line = line->key, .chunk = {}, .ids = {}});
      host.change(*line, [&] { take_from_backlog(*line, request); });
    }
  }
  hungry_.clear();
  return requests;
}

void LocalFrontier::refill(const BacklogRequest& request, std::vector<Candidate> candidates) {
  MutexLock lock(mutex_);
  HostQueue& host = must_find(request.host);
  const std::size_t asked = request.chunk ? request.chunk->count : request.ids.size();
  waiting_ -= asked - std::min(asked, candidates.size());
  Line& asked_for = line_at(host, request.line);
  host.change(asked_for, [&] { asked_for.refilling = false; });
  for (Candidate& candidate : candidates) {
    const LineKey key = line_of(candidate.request);
    join(host, key.site);
    sites_.note_url(key.site);
    if (key.visited) candidate.arrival = ++arrivals_;
    host.take_back(line_at(host, key), std::move(candidate));
    ++window_urls_;
  }
  schedule(host);
  call_for_work();
}

std::vector<Overflow> LocalFrontier::in_memory() const {
  MutexLock lock(mutex_);
  std::vector<Overflow> all;
  std::unordered_map<model::HostId, std::vector<model::UrlId>> leased;
  for (const auto& [id, host] : unsettled_) leased[host].push_back(id);
  for (const auto& [id, host] : hosts_) {
    for (const Line& line : host->lines) {
      if (line.overflow.empty() && line.window.empty()) continue;
      std::vector<model::UrlId>& ids = all.emplace_back(Overflow{id, line.key, line.overflow}).ids;
      for (const Candidate& candidate : line.window) ids.push_back(candidate.url_id);
    }
  }
  for (auto& [id, ids] : leased) {
    all.push_back({id, {.site = hosts_.at(id)->site}, std::move(ids)});
  }
  return all;
}

}  // namespace crawld::frontier
