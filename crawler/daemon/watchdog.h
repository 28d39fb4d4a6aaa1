// Whether every stage with work makes progress: what the service manager's watchdog is fed by.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "crawler/base/clock.h"
#include "crawler/pipeline/status.h"

namespace crawld::daemon {

// Threads: one.
class Watchdog {
 public:
  // A stage that has work and whose count stands still for `patience` is stuck.
  explicit Watchdog(std::chrono::milliseconds patience) : patience_(patience) {}

  // True while nothing is stuck.
  bool healthy(const pipeline::Status& status, base::Instant now);

 private:
  struct Stage {
    std::uint64_t count = 0;
    base::Instant moved_at{};
  };
  bool moves(Stage& stage, std::uint64_t count, bool has_work, base::Instant now) const;

  const std::chrono::milliseconds patience_;
  Stage parse_;
  Stage commit_;
};

}  // namespace crawld::daemon
