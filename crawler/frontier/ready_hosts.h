// The hosts that may be contacted now, in the order in which they get their turn.
//
// By the priority of their site, then round robin over sites, then in the order in which they
// became ready (BUbiNG's workbench, Boldi et al. 2014, with sites in place of one global visit
// state queue). Hosts that proved quick stand in a lane of their own, which has every other turn
// among equals and the last few transfers: a crowd of hosts that stall cannot take them all. Of the
// rest those that have not answered yet, or not when last asked, have a lane again, and a share of
// the transfers: else nobody would ever come to be quick where one host of six is silent.
//
// A plain value that LocalFrontier guards with its lock; nothing in it grows with URLs.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <unordered_map>

#include "crawler/model/request.h"

namespace crawld::frontier {

// Of so many transfers that may be open at once, those kept for hosts that answer quickly.
constexpr std::size_t kept_for_quick(std::size_t transfers) {
  return std::min<std::size_t>(transfers / 8, 16);
}

// Of so many transfers, those that strangers may use up. A host is asked for its robots.txt as one,
// and for a page when it is known: half of them is no brake where hosts answer.
constexpr std::size_t most_with_strangers(std::size_t transfers) {
  return transfers - transfers / 2;
}

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
  std::optional<model::HostId> take();
  // take() would give one.
  bool has_next() const;
  // Also of those that have to wait for a transfer.
  std::size_t size() const;

  // A transfer with such a host starts; or it is over, or never came to be.
  void started(model::HostRecord record) { ++lane_of(record).open; }
  void ended(model::HostRecord record) { --lane_of(record).open; }

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
  static Lane* next_of(Lane* first, Lane* second, bool& last_was_first);
  Lane* next_lane();

  const std::size_t transfers_;
  Lane quick_;
  Lane known_;
  Lane strangers_;
  bool last_was_quick_ = false;
  bool last_other_was_known_ = false;
};

}  // namespace crawld::frontier
