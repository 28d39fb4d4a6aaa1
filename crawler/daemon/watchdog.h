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
  // A stage that has work and whose count stands still for `patience` is stuck; parsing may
  // rightly do so for `conversion` longer, while programs of the system read documents.
  explicit Watchdog(std::chrono::milliseconds patience, std::chrono::milliseconds conversion = {})
      : patience_(patience), conversion_(conversion) {}

  // True while nothing is stuck. A transfer may rightly last for `longest_transfer`.
  bool healthy(const pipeline::Status& status, std::chrono::milliseconds longest_transfer,
               base::Instant now);

 private:
  struct Stage {
    std::uint64_t count = 0;
    base::Instant moved_at{};
  };
  static bool moves(Stage& stage, std::uint64_t count, bool has_work,
                    std::chrono::milliseconds patience, base::Instant now);

  const std::chrono::milliseconds patience_;
  const std::chrono::milliseconds conversion_;
  Stage fetch_;
  Stage parse_;
  Stage commit_;
};

}  // namespace crawld::daemon
