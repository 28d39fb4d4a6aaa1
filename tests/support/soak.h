// A simulated stretch of months: many sites at their schedules, a scripted web that changes,
// fails and moves, a clock turned by hand, and a real database whose books must balance.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace crawld::tests {

struct SoakSetup {
  std::size_t sites = 1'000;
  std::chrono::hours time{24 * 30};
  std::string database;  // a path that does not exist yet
};

struct SoakReport {
  std::uint64_t requests = 0;
  std::uint64_t visits = 0;  // of pages
  std::uint64_t versions = 0;
  std::uint64_t changes = 0;             // new, changed, gone, moved, orphaned
  std::chrono::milliseconds closest{0};  // two requests to one host
  std::vector<std::string> broken;       // promises that were not kept; empty: all were
  std::chrono::milliseconds took{0};     // of real time
};

// Sites are visited every 6 hours, daily, weekly by a cron line, and adaptively, a quarter each.
SoakReport soak(const SoakSetup& setup);

}  // namespace crawld::tests
