// The two clocks: monotonic for pacing and deadlines, wall for what is stored.
//
// A loop reads the clock once per turn and passes the moment down, so that one
// turn sees one time and a test can turn the clock by hand.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace crawld::base {

using Instant = std::chrono::steady_clock::time_point;
using Duration = std::chrono::nanoseconds;
// Milliseconds since the Unix epoch, UTC: the form in which times are stored.
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
  virtual WallTime wall() const = 0;
  // How long the machine has slept (suspended) up to now: now() stood still meanwhile, wall() is
  // ahead by it, and nobody has set a clock.
  virtual Duration asleep() const { return {}; }
};

class SystemClock final : public Clock {
 public:
  Instant now() const override { return std::chrono::steady_clock::now(); }
  WallTime wall() const override;
  Duration asleep() const override;
};

inline std::int64_t to_millis(WallTime t) { return t.time_since_epoch().count(); }
inline WallTime from_millis(std::int64_t ms) { return WallTime(std::chrono::milliseconds(ms)); }

// "2026-11-21T07:32:05.123Z".
std::string to_iso8601(WallTime t);

}  // namespace crawld::base
