#include "crawler/base/clock.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace crawld::base {

// By way of seconds: system_clock counts nanoseconds, which end in the year 2262.
WallTime SystemClock::wall() const {
  std::timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return WallTime(std::chrono::seconds(now.tv_sec)) +
         std::chrono::milliseconds(now.tv_nsec / 1'000'000);
}

// clock_gettime(2): CLOCK_BOOTTIME is CLOCK_MONOTONIC with the time that the system was suspended.
Duration SystemClock::asleep() const {
  std::timespec awake{};
  std::timespec all{};
  clock_gettime(CLOCK_MONOTONIC, &awake);
  clock_gettime(CLOCK_BOOTTIME, &all);
  return std::chrono::seconds(all.tv_sec - awake.tv_sec) +
         std::chrono::nanoseconds(all.tv_nsec - awake.tv_nsec);
}

std::string to_iso8601(WallTime t) {
  const std::int64_t ms = to_millis(t);
  std::int64_t seconds = ms / 1000;
  std::int64_t rest = ms % 1000;
  if (rest < 0) {
    rest += 1000;
    --seconds;
  }
  const auto time = static_cast<std::time_t>(seconds);
  std::tm parts{};
  gmtime_r(&time, &parts);
  std::array<char, 64> text{};
  const int n = std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
                              parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour,
                              parts.tm_min, parts.tm_sec, static_cast<int>(rest));
  return std::string(text.data(), static_cast<std::size_t>(n));
}

}  // namespace crawld::base
