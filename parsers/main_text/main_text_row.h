// Filling one row of features.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>

namespace crawld::parsers {

class Row {
 public:
  explicit Row(float* at) : at_(at) {}
  void put(double value) { *at_++ = static_cast<float>(value); }
  void put_flag(bool value) { put(value ? 1 : 0); }
  const float* end() const { return at_; }

 private:
  float* at_;
};

inline double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

// log2(1 + size); most sizes of a page are small, and asked for again and again.
inline double log_size(std::size_t size) {
  static constexpr std::size_t kKnown = 1'024;
  static const auto kLogs = [] {
    std::array<double, kKnown> logs{};
    for (std::size_t i = 0; i < kKnown; ++i) logs[i] = std::log2(1 + static_cast<double>(i));
    return logs;
  }();
  return size < kKnown ? kLogs[size] : std::log2(1 + static_cast<double>(size));
}

}  // namespace crawld::parsers
