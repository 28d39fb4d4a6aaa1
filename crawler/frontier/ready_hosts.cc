#include "crawler/frontier/ready_hosts.h"

namespace crawld::frontier {

void ReadyHosts::add(model::HostId host, const Standing& standing) {
  Lane& lane = standing.quick ? quick_ : others_;
  Ring& ring = lane.rings[standing.priority];
  auto& queue = ring.hosts[standing.site];
  if (queue.empty()) ring.turn.push_back(standing.site);
  queue.push_back(host);
  ++lane.hosts;
}

std::optional<model::HostId> ReadyHosts::take() {
  Lane* lane = next_lane();
  if (lane == nullptr) return std::nullopt;
  Ring& ring = lane->rings.begin()->second;
  const model::SiteId site = ring.turn.front();
  ring.turn.pop_front();
  auto& queue = ring.hosts[site];
  const model::HostId host = queue.front();
  queue.pop_front();
  if (queue.empty()) {
    ring.hosts.erase(site);
  } else {
    ring.turn.push_back(site);
  }
  if (ring.turn.empty()) lane->rings.erase(lane->rings.begin());
  --lane->hosts;
  return host;
}

bool ReadyHosts::has_next() const {
  return quick_.hosts > 0 || (others_.hosts > 0 && !only_for_quick());
}

bool ReadyHosts::only_for_quick() const {
  return transfers_ > 0 && others_open_ + kept_for_quick(transfers_) >= transfers_;
}

// By priority, then in turn; null when no host may be taken.
ReadyHosts::Lane* ReadyHosts::next_lane() {
  if (!has_next()) return nullptr;
  if (quick_.hosts == 0) return &others_;
  if (others_.hosts == 0 || only_for_quick()) return &quick_;
  const int quick = quick_.rings.begin()->first;
  const int others = others_.rings.begin()->first;
  last_was_quick_ = quick == others ? !last_was_quick_ : quick > others;
  return last_was_quick_ ? &quick_ : &others_;
}

}  // namespace crawld::frontier
