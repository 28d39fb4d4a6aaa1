#include "crawler/base/figures.h"

#include <array>
#include <cstdio>

namespace crawld::base {

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  }
  return digits;
}

std::string counted(std::uint64_t number, std::string_view one, std::string_view many) {
  return grouped(number).append(" ").append(number == 1 ? one : many);
}

std::string human_time(std::chrono::milliseconds time) {
  const auto seconds = time.count() / 1000;
  std::array<char, 48> text{};
  if (seconds < 60) {
    std::snprintf(text.data(), text.size(), "%.1fs", static_cast<double>(time.count()) / 1000);
  } else if (seconds < 3600) {
    std::snprintf(text.data(), text.size(), "%ldm %02lds", seconds / 60, seconds % 60);
  } else {
    std::snprintf(text.data(), text.size(), "%ldh %02ldm", seconds / 3600, seconds / 60 % 60);
  }
  return text.data();
}

}  // namespace crawld::base
