#include "crawler/frontier/idle_threads.h"

#include <algorithm>

namespace crawld::frontier {

using base::Instant;

void IdleThreads::wait(base::Mutex& mutex, Instant until, std::optional<Instant> opening) {
  if (has_timekeeper_) {
    call(opening);  // it may be earlier than the timekeeper knows
    sleep(mutex, until);
    return;
  }
  has_timekeeper_ = true;
  wakes_at_ = std::min(until, opening.value_or(until));
  timekeeper_.wait_until(mutex, wakes_at_);
  has_timekeeper_ = false;
}

void IdleThreads::sleep(base::Mutex& mutex, Instant until) {
  Sleeper self;
  sleepers_.push_back(&self);
  self.woken.wait_until(mutex, until);
  if (self.called) {
    sleeper_called_ = false;
  } else {
    std::erase(sleepers_, &self);
  }
}

void IdleThreads::call(std::optional<Instant> opening) {
  if (!opening) return;
  if (has_timekeeper_) {
    if (*opening >= wakes_at_) return;
    wakes_at_ = Instant::min();  // called already
    timekeeper_.notify_one();
  } else if (!sleepers_.empty() && !sleeper_called_) {
    sleeper_called_ = true;
    Sleeper& last = *sleepers_.back();
    sleepers_.pop_back();
    last.called = true;
    last.woken.notify_one();
  }
}

void IdleThreads::call_all() {
  timekeeper_.notify_all();
  for (Sleeper* sleeper : sleepers_) sleeper->woken.notify_one();
}

}  // namespace crawld::frontier
