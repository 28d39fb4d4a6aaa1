#include "config/units.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <span>
#include <utility>

namespace crawld::config {
namespace {

using std::chrono::milliseconds;

struct Unit {
  std::string_view name;
  double factor;
};

constexpr std::array<Unit, 6> kDurations = {
    {{"ms", 1}, {"s", 1e3}, {"m", 60e3}, {"h", 3'600e3}, {"d", 86'400e3}, {"w", 604'800e3}}};
constexpr std::array<Unit, 18> kSizes = {{{"B", 1},
                                          {"KiB", 1024.0},
                                          {"MiB", 1048576.0},
                                          {"GiB", 0x1p30},
                                          {"TiB", 0x1p40},
                                          {"kB", 1e3},
                                          {"KB", 1e3},
                                          {"MB", 1e6},
                                          {"GB", 1e9},
                                          {"TB", 1e12},
                                          {"k", 1024.0},
                                          {"K", 1024.0},
                                          {"m", 1048576.0},
                                          {"M", 1048576.0},
                                          {"g", 0x1p30},
                                          {"G", 0x1p30},
                                          {"t", 0x1p40},
                                          {"T", 0x1p40}}};
constexpr std::array<Unit, 6> kCounts = {
    {{"", 1}, {"k", 1e3}, {"K", 1e3}, {"M", 1e6}, {"G", 1e9}, {"m", 1e6}}};

// The number and what stands behind it. Digits and one point only: no sign, no
// exponent, no "inf" or "nan".
std::optional<std::pair<double, std::string_view>> split(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && ((text[end] >= '0' && text[end] <= '9') || text[end] == '.')) ++end;
  double value = 0;
  const auto [stop, error] =
      std::from_chars(text.data(), text.data() + end, value, std::chars_format::fixed);
  if (error != std::errc() || stop != text.data() + end) return std::nullopt;
  while (end < text.size() && text[end] == ' ') ++end;
  return std::pair{value, text.substr(end)};
}

std::optional<double> with_unit(std::string_view text, std::span<const Unit> units) {
  const auto parts = split(text);
  if (!parts) return std::nullopt;
  for (const Unit& unit : units) {
    if (unit.name == parts->second) return parts->first * unit.factor;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> whole(std::optional<double> value) {
  constexpr double kMost = 1e18;
  if (!value || *value > kMost || *value != std::floor(*value)) return std::nullopt;
  return static_cast<std::uint64_t>(*value);
}

}  // namespace

std::optional<milliseconds> parse_duration(std::string_view text) {
  constexpr double kMost = 3.2e13;  // about a thousand years
  if (text == "0") return milliseconds{0};
  const auto value = with_unit(text, kDurations);
  if (!value || *value > kMost) return std::nullopt;
  // Not to nothing: 0 lifts a limit.
  const bool rounds_to_none = *value > 0 && *value < 1;
  return milliseconds(rounds_to_none ? 1 : std::llround(*value));
}

std::optional<milliseconds> parse_duration_or_seconds(std::string_view text) {
  const auto parts = split(text);
  if (!parts) return std::nullopt;
  return parse_duration(parts->second.empty() ? std::string(text) + "s" : std::string(text));
}

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  if (text == "0") return 0;
  const auto value = with_unit(text, kSizes);
  if (!value || (*value > 0 && *value < 1)) return std::nullopt;  // 0 would mean: no limit
  return whole(std::round(*value));
}

std::optional<std::uint64_t> parse_bytes_or_bare(std::string_view text) {
  const auto parts = split(text);
  if (!parts) return std::nullopt;
  return parse_bytes(parts->second.empty() ? std::string(text) + "B" : std::string(text));
}

std::optional<std::uint64_t> parse_count(std::string_view text) {
  return whole(with_unit(text, kCounts));
}

std::optional<double> parse_share(std::string_view text) {
  const auto parts = split(text);
  if (!parts || parts->second != "%" || parts->first > 100) return std::nullopt;
  return parts->first / 100;
}

std::string format_duration(milliseconds duration) {
  const std::int64_t ms = duration.count();
  if (ms == 0) return "0s";
  constexpr std::array<std::pair<std::int64_t, const char*>, 4> kUnits = {
      {{86'400'000, "d"}, {3'600'000, "h"}, {60'000, "m"}, {1'000, "s"}}};
  for (const auto& [size, name] : kUnits) {
    if (ms % size == 0) return std::to_string(ms / size) + name;
  }
  return std::to_string(ms) + "ms";
}

std::string format_bytes(std::uint64_t bytes) {
  constexpr std::array<const char*, 5> kNames = {"B", "KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < kNames.size()) {
    value /= 1024;
    ++unit;
  }
  std::array<char, 32> text{};
  const bool exact = value == std::floor(value);
  std::snprintf(text.data(), text.size(), exact ? "%.0f%s" : "%.1f%s", value, kNames[unit]);
  return text.data();
}

}  // namespace crawld::config
