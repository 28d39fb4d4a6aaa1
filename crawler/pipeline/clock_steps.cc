#include "crawler/pipeline/clock_steps.h"

namespace crawld::pipeline {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLeastStep{2'000};

}  // namespace

ClockSteps::ClockSteps(const base::Clock& clock)
    : clock_(clock), wall_ahead_(wall_ahead()), asleep_(clock.asleep()) {}

milliseconds ClockSteps::wall_ahead() const {
  return milliseconds(base::to_millis(clock_.wall())) -
         std::chrono::duration_cast<milliseconds>(clock_.now().time_since_epoch() +
                                                  clock_.asleep());
}

base::Duration ClockSteps::take_sleep() {
  const base::Duration slept = clock_.asleep() - asleep_;
  if (slept < kLeastStep) return {};
  asleep_ += slept;
  return slept;
}

milliseconds ClockSteps::step() {
  const milliseconds step = wall_ahead() - wall_ahead_;
  if (std::chrono::abs(step) >= kLeastStep) return step;
  wall_ahead_ += step;
  return {};
}

}  // namespace crawld::pipeline
