#include "crawler/pipeline/clock_steps.h"

#include <utility>

namespace crawld::pipeline {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLeastStep{2'000};

}  // namespace

ClockSteps::ClockSteps(const base::Clock& clock)
    : clock_(clock), wall_ahead_(wall_ahead()), asleep_(clock.asleep()), awake_at_(clock.now()) {}

milliseconds ClockSteps::wall_ahead() const {
  return milliseconds(base::to_millis(clock_.wall())) -
         std::chrono::duration_cast<milliseconds>(clock_.now().time_since_epoch() +
                                                  clock_.asleep());
}

ClockSteps::Sleep ClockSteps::take_sleep() {
  const base::Instant awake = std::exchange(awake_at_, clock_.now());
  const base::Duration slept = clock_.asleep() - asleep_;
  if (slept < kLeastStep) return {.time = {}, .fell_asleep_after = awake};
  asleep_ += slept;
  return {.time = slept, .fell_asleep_after = awake};
}

milliseconds ClockSteps::step() {
  const milliseconds step = wall_ahead() - wall_ahead_;
  if (std::chrono::abs(step) >= kLeastStep) return step;
  wall_ahead_ += step;
  return {};
}

}  // namespace crawld::pipeline
