// Tells a wall clock that was set, and a machine that slept, from clocks that drift.
//
// To be asked each turn: what lies between two calls and is less than two seconds is drift, or a
// slow turn. Owned by the commit thread.
#pragma once

#include <chrono>

#include "crawler/base/clock.h"

namespace crawld::pipeline {

class ClockSteps {
 public:
  explicit ClockSteps(const base::Clock& clock);

  struct Sleep {
    base::Duration time{};            // zero: there was none since the last call
    base::Instant fell_asleep_after;  // the last call: it was awake then
  };
  Sleep take_sleep();

  // By how much the wall clock was set, a machine's sleep left out; zero: it was not. The step is
  // told again until it was taken.
  std::chrono::milliseconds step();
  void take(std::chrono::milliseconds step) { wall_ahead_ += step; }

 private:
  std::chrono::milliseconds wall_ahead() const;

  const base::Clock& clock_;
  std::chrono::milliseconds wall_ahead_;  // of the steady clock and the machine's sleep
  base::Duration asleep_;
  base::Instant awake_at_;
};

}  // namespace crawld::pipeline
