#include "crawler/frontier/ready_hosts.h"

namespace crawld::frontier {

void ReadyHosts::add(model::HostId host, const Standing& standing) {
  Lane& lane = lane_of(standing.record);
  Ring& ring = lane.rings[standing.priority];
  auto& queue = ring.hosts[standing.site];
  if (queue.empty()) ring.turn.push_back(standing.site);
  queue.push_back(host);
  ++lane.hosts;
}

std::optional<model::HostId> ReadyHosts::take(base::Instant now) {
  now_ = now;
  if (transfers_ > 0 && too_many_stall()) wary_until_ = now + kWary;
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

std::size_t ReadyHosts::size() const { return quick_.hosts + known_.hosts + strangers_.hosts; }

bool ReadyHosts::has_next() const {
  return may_take(quick_) || may_take(known_) || may_take(strangers_);
}

ReadyHosts::Lane& ReadyHosts::lane_of(model::HostRecord record) {
  if (transfers_ == 0) return strangers_;
  switch (record) {
    case model::HostRecord::quick:
      return quick_;
    case model::HostRecord::known:
      return known_;
    case model::HostRecord::stranger:
      break;
  }
  return strangers_;
}

// A host of the lane is ready, and there is a transfer for it.
bool ReadyHosts::may_take(const Lane& lane) const {
  if (lane.hosts == 0) return false;
  if (transfers_ == 0 || &lane == &quick_) return true;
  if (known_.open + strangers_.open + kept_for_quick(transfers_) >= transfers_) return false;
  if (&lane == &known_) return true;
  const bool wary = now_ < wary_until_;
  return wary ? strangers_.open < most_with_strangers(transfers_) : !too_many_stall();
}

bool ReadyHosts::too_many_stall() const {
  const std::size_t most = most_with_strangers(transfers_);
  return with_strangers_.size() >= most && with_strangers_[most - 1] + kStall <= now_;
}

void ReadyHosts::started(model::HostRecord record, base::Instant now) {
  ++lane_of(record).open;
  if (record != model::HostRecord::stranger) return;
  with_strangers_.insert(std::upper_bound(with_strangers_.begin(), with_strangers_.end(), now),
                         now);
}

void ReadyHosts::ended(model::HostRecord record, base::Instant started) {
  --lane_of(record).open;
  if (record != model::HostRecord::stranger) return;
  with_strangers_.erase(std::lower_bound(with_strangers_.begin(), with_strangers_.end(), started));
}

// The one of higher priority, of equals the one that did not have the last turn.
ReadyHosts::Lane* ReadyHosts::next_of(Lane* first, Lane* second, bool& last_was_first) {
  if (first == nullptr) return second;
  if (second == nullptr) return first;
  const int a = first->rings.begin()->first;
  const int b = second->rings.begin()->first;
  last_was_first = a == b ? !last_was_first : a > b;
  return last_was_first ? first : second;
}

// By priority, then in turn; null when no host may be taken.
ReadyHosts::Lane* ReadyHosts::next_lane() {
  Lane* quick = may_take(quick_) ? &quick_ : nullptr;
  Lane* known = may_take(known_) ? &known_ : nullptr;
  Lane* stranger = may_take(strangers_) ? &strangers_ : nullptr;
  return next_of(quick, next_of(known, stranger, last_other_was_known_), last_was_quick_);
}

}  // namespace crawld::frontier
