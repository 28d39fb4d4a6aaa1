// How often something took how long: counts between fixed bounds.
//
// Threads: any; add() is two atomic additions. A snapshot taken while others add may miss
// their last ones.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace crawld::base {

class Histogram {
 public:
  // Upper bounds in seconds; what is above the last one is counted as well.
  static constexpr std::array<double, 16> kBounds = {
      0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};

  struct Snapshot {
    std::array<std::uint64_t, kBounds.size() + 1> counts{};  // not cumulative
    std::uint64_t count = 0;
    double sum = 0;  // seconds
  };

  void add(std::chrono::nanoseconds time) {
    const double seconds = std::chrono::duration<double>(time).count();
    const auto bound = std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
    counts_[static_cast<std::size_t>(bound - kBounds.begin())].fetch_add(1,
                                                                         std::memory_order_relaxed);
    sum_.fetch_add(time.count(), std::memory_order_relaxed);
  }

  Snapshot snapshot() const {
    Snapshot out;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      out.counts[i] = counts_[i].load(std::memory_order_relaxed);
      out.count += out.counts[i];
    }
    out.sum = static_cast<double>(sum_.load(std::memory_order_relaxed)) * 1e-9;
    return out;
  }

 private:
  std::array<std::atomic<std::uint64_t>, kBounds.size() + 1> counts_{};
  std::atomic<std::int64_t> sum_{0};  // ns
};

}  // namespace crawld::base
