#include "crawler/frontier/idle_threads.h"

#include <algorithm>

namespace crawld::frontier {

using base::Instant;

void IdleThreads::wait(base::Mutex& mutex, Instant until, std::optional<Instant> opening) {
  if (has_timekeeper_) {
    call(opening);  // it may be earlier than the timekeeper knows
    ++sleepers_;
    sleeper_.wait_until(mutex, until);
    --sleepers_;
    sleeper_called_ = false;
    return;
  }
  has_timekeeper_ = true;
  wakes_at_ = std::min(until, opening.value_or(until));
  timekeeper_.wait_until(mutex, wakes_at_);
  has_timekeeper_ = false;
}

void IdleThreads::call(std::optional<Instant> opening) {
  if (!opening) return;
  if (has_timekeeper_) {
    if (*opening >= wakes_at_) return;
    wakes_at_ = Instant::min();  // called already
    timekeeper_.notify_one();
  } else if (sleepers_ > 0 && !sleeper_called_) {
    sleeper_called_ = true;
    sleeper_.notify_one();
  }
}

void IdleThreads::call_all() {
  timekeeper_.notify_all();
  sleeper_.notify_all();
}

}  // namespace crawld::frontier
