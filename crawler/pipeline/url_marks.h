// Marks on single URLs that the commit stage keeps in memory.
//
// Owned by the commit thread.
#pragma once

#include <cstddef>
#include <unordered_map>
#include <vector>

#include "crawler/base/clock.h"
#include "crawler/model/request.h"

namespace crawld::pipeline {

// URLs that were refused as too deep, or that nobody has looked at in this run: found again on a
// shorter way, they are admitted. A bit each.
class TooDeepUrls {
 public:
  // Each id below `end` may be one: only a look tells.
  void add_all_below(model::UrlId end) { marked_.assign(end, true); }
  void add(model::UrlId id) {
    if (id >= marked_.size()) marked_.resize(id + 1);
    marked_[id] = true;
  }
  void remove(model::UrlId id) {
    if (id < marked_.size()) marked_[id] = false;
  }
  bool has(model::UrlId id) const { return id < marked_.size() && marked_[id]; }

 private:
  std::vector<bool> marked_;
};

// Redirected URLs that were asked for once more because a redirect led back to them. Not for ever:
// of a daemon the cookies may have run out meanwhile.
class AskedOnceMore {
 public:
  void add(model::UrlId id, base::Instant now);
  bool has(model::UrlId id, base::Instant now) const;

 private:
  static constexpr std::size_t kFewest = 4'096;

  std::unordered_map<model::UrlId, base::Instant> at_;
  std::size_t most_ = kFewest;  // before those that are over are forgotten
};

}  // namespace crawld::pipeline
