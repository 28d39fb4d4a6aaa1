// Filling one row of features.
#pragma once

#include <cmath>

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
inline double log_size(double size) { return std::log2(1 + size); }

}  // namespace crawld::parsers
