// When the next planned URL falls due, and how far the walk over what is due has come.
//
// What a walk leaves behind it stays due and may be much: nobody walks over it twice, until a plan
// falls behind the walk, which then begins anew. A plain value of the commit thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

#include "crawler/base/clock.h"
#include "storage/page_store.h"

namespace crawld::pipeline {

class DueWalk {
 public:
  // The earliest plan that is known of; nothing when there is none.
  std::optional<base::WallTime> next() const { return next_; }
  bool is_due(base::WallTime now) const { return next_ && *next_ <= now; }
  // What is due up to here was taken, or is none of ours.
  storage::DueCursor taken_up_to() const { return taken_up_to_; }

  void plan(base::WallTime at) {
    next_ = std::min(next_.value_or(at), at);
    if (base::to_millis(at) <= taken_up_to_.at) taken_up_to_ = {};
  }
  // Something may be due behind the walk.
  void plan_anew() { plan(base::from_millis(0)); }

  // A part of the walk: it came to `last` (nothing: it found none), and `next` is the next plan.
  void went(std::optional<storage::DueCursor> last, std::optional<storage::Millis> next) {
    if (last) taken_up_to_ = *last;
    next_.reset();
    if (next) next_ = base::from_millis(*next);
  }

  // All plans were moved, as the wall clock was.
  void move(std::chrono::milliseconds step) {
    if (next_) *next_ += step;
    taken_up_to_ = {};
  }

 private:
  std::optional<base::WallTime> next_;
  storage::DueCursor taken_up_to_;
};

}  // namespace crawld::pipeline
