// The hosts that may be contacted now, in the order in which they get their turn.
//
// By the priority of their site, then round robin over sites, then in the order in which they
// became ready (BUbiNG's workbench, Boldi et al. 2014, with sites in place of one global visit
// state queue). Hosts that proved quick stand in a lane of their own, which has every other turn
// among equals and the last few transfers: a crowd of hosts that stall cannot take them all. Of the
// rest those that have not answered yet, or not when last asked, have a lane again, and none of
// them has a turn while too many keep their transfers waiting: else nobody would ever come to be
// quick where one host of six is silent.
//
// A plain value that LocalFrontier guards with its lock; nothing in it grows with URLs.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "crawler/base/clock.h"
#include "crawler/model/request.h"

namespace crawld::frontier {

// Of so many transfers that may be open at once, those kept for hosts that answer quickly.
constexpr std::size_t kept_for_quick(std::size_t transfers) {
  return std::min<std::size_t>(transfers / 8, 16);
}

// Of so many transfers, those that strangers who stall may use up.
constexpr std::size_t most_with_strangers(std::size_t transfers) {
  return transfers - transfers / 2;
}

// A stranger who has not answered for so long stalls. Most answers come sooner: a list of hosts
// that all answer may have every transfer.
constexpr std::chrono::seconds kStall{2};
// So long after too many stalled, strangers have their share alone, whether they stall or not: they
// would all come at once again where it is free.
constexpr std::chrono::seconds kWary{60};

class ReadyHosts {
 public:
  // What decides when the turn of a host comes, as it was when the host became ready.
  struct Standing {
    model::SiteId site = 0;  // for which it stands here
    int priority = 0;        // higher first
    model::HostRecord record = model::HostRecord::stranger;
  };

  // `transfers`: that may be open at once; 0: none is kept for anybody.
  explicit ReadyHosts(std::size_t transfers) : transfers_(transfers) {}

  // Puts the host behind all others of its site, priority and lane. Needs: it stands here not yet.
  void add(model::HostId host, const Standing& standing);
  // Takes out the host whose turn it is; its site goes to the end of the round. Nothing where
  // no host is ready, or what transfers are left are kept for others.
  std::optional<model::HostId> take(base::Instant now);
  // take() would give one, at the time of the last one.
  bool has_next() const;
  // Also of those that have to wait for a transfer.
  std::size_t size() const;

  // A transfer with such a host starts; or it is over, or never came to be.
  void started(model::HostRecord record, base::Instant now);
  void ended(model::HostRecord record, base::Instant started);

 private:
  struct Ring {
    std::deque<model::SiteId> turn;  // whose hosts come next
    std::unordered_map<model::SiteId, std::deque<model::HostId>> hosts;
  };
  struct Lane {
    std::map<int, Ring, std::greater<>> rings;  // by priority, highest first; none is empty
    std::size_t hosts = 0;
    std::size_t open = 0;  // transfers
  };

  Lane& lane_of(model::HostRecord record);
  bool may_take(const Lane& lane) const;
  bool too_many_stall() const;
  static Lane* next_of(Lane* first, Lane* second, bool& last_was_first);
  Lane* next_lane();

  const std::size_t transfers_;
  Lane quick_;
  Lane known_;
  Lane strangers_;
  bool last_was_quick_ = false;
  bool last_other_was_known_ = false;
  std::vector<base::Instant> with_strangers_;  // when those that are open began, in order
  base::Instant now_{};
  base::Instant wary_until_{};
};

}  // namespace crawld::frontier
