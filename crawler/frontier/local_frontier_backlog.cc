// LocalFrontier: the URLs of a host that its window has no room for.
#include <algorithm>
#include <utility>

#include "crawler/frontier/local_frontier.h"

namespace crawld::frontier {

using base::MutexLock;

std::vector<Overflow> LocalFrontier::take_overflow(bool all) {
  MutexLock lock(mutex_);
  std::vector<Overflow> taken;
  const auto take_from = [&](HostQueue& host) {
    if (!host.overflow.empty()) taken.push_back({host.id, std::exchange(host.overflow, {})});
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
  host.chunks.push_back(chunk);
  schedule(host);
}

void LocalFrontier::add_stored_chunk(model::HostId id, ChunkRef chunk) {
  {
    MutexLock lock(mutex_);
    waiting_ += chunk.count;
  }
  add_chunk(id, chunk);
}

std::vector<BacklogRequest> LocalFrontier::hungry() {
  MutexLock lock(mutex_);
  std::vector<BacklogRequest> requests;
  for (const model::HostId id : hungry_) {
    HostQueue& host = must_find(id);
    if (!host.chunks.empty()) {
      requests.push_back({.host = id, .chunk = host.chunks.front(), .ids = {}});
      host.chunks.pop_front();
    } else if (!host.overflow.empty()) {
      // Oldest first; at most a window at a time.
      const auto end = host.overflow.begin() +
                       static_cast<std::ptrdiff_t>(std::min(host.overflow.size(), options_.window));
      requests.push_back({.host = id, .chunk = {}, .ids = {host.overflow.begin(), end}});
      host.overflow.erase(host.overflow.begin(), end);
    } else {
      continue;
    }
    host.refilling = true;
  }
  hungry_.clear();
  return requests;
}

void LocalFrontier::refill(model::HostId id, std::vector<Candidate> candidates, std::size_t asked) {
  MutexLock lock(mutex_);
  HostQueue& host = must_find(id);
  waiting_ -= asked - std::min(asked, candidates.size());
  host.refilling = false;
  for (Candidate& candidate : candidates) {
    join(host, candidate.request.site);
    note_wish(candidate.request.site);
    host.window.insert(std::move(candidate));
    ++window_urls_;
  }
  schedule(host);
  call_for_work();
}

std::vector<Overflow> LocalFrontier::in_memory() const {
  MutexLock lock(mutex_);
  std::unordered_map<model::HostId, std::vector<model::UrlId>> by_host;
  for (const auto& [id, host] : unsettled_) by_host[host].push_back(id);
  for (const auto& [id, host] : hosts_) {
    if (host->overflow.empty() && host->window.empty()) continue;
    std::vector<model::UrlId>& ids = by_host[id];
    ids.insert(ids.end(), host->overflow.begin(), host->overflow.end());
    for (const Candidate& candidate : host->window) ids.push_back(candidate.url_id);
  }
  std::vector<Overflow> all;
  all.reserve(by_host.size());
  for (auto& [host, ids] : by_host) all.push_back({host, std::move(ids)});
  return all;
}

}  // namespace crawld::frontier
