#include "crawler/robots/lifetime.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>

namespace crawld::robots {
namespace {

using std::chrono::seconds;

constexpr seconds kShortest{3'600};
constexpr seconds kLongest{86'400};

// The lower-case directive at the front of `rest`, cut off it.
std::string next_directive(std::string_view& rest) {
  const std::size_t comma = rest.find(',');
  std::string directive;
  for (const char c : rest.substr(0, comma)) {
    if (c != ' ' && c != '\t' && c != '"') {
      directive += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
  }
  rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
  return directive;
}

std::optional<seconds> max_age_of(std::string_view directive) {
  constexpr std::string_view kName = "max-age=";
  if (!directive.starts_with(kName)) return std::nullopt;
  directive.remove_prefix(kName.size());
  std::int64_t value = 0;
  const auto parsed = std::from_chars(directive.data(), directive.data() + directive.size(), value);
  if (parsed.ec == std::errc::result_out_of_range) return kLongest;
  if (parsed.ec != std::errc()) return std::nullopt;
  return std::clamp(seconds(value), kShortest, kLongest);
}

}  // namespace

seconds lifetime(std::string_view cache_control) {
  seconds told = kLongest;
  while (!cache_control.empty()) {
    const std::string directive = next_directive(cache_control);
    if (directive == "no-cache" || directive == "no-store") return kShortest;
    if (const auto max_age = max_age_of(directive)) told = std::min(told, *max_age);
  }
  return told;
}

}  // namespace crawld::robots
