#include "crawler/policy/traps.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace crawld::policy {
namespace {

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const std::size_t end = std::min(path.find('/'), path.size());
    if (end > 0) segments.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return segments;
}

bool repeats(std::vector<std::string_view> segments, std::uint32_t most) {
  std::sort(segments.begin(), segments.end());
  std::uint32_t run = 1;
  for (std::size_t i = 1; i < segments.size(); ++i) {
    run = segments[i] == segments[i - 1] ? run + 1 : 1;
    if (run > most) return true;
  }
  return false;
}

bool all_digits(std::string_view text, std::size_t length) {
  return text.size() == length &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int number(std::string_view digits) { return std::atoi(std::string(digits).c_str()); }

// /2071/11/…: a year with a month behind it, far from now. Calendars link to the
// next month for ever.
bool far_date(const std::vector<std::string_view>& segments, int this_year, int years) {
  for (std::size_t i = 0; i + 1 < segments.size(); ++i) {
    if (!all_digits(segments[i], 4)) continue;
    const std::string_view month = segments[i + 1];
    if (!all_digits(month, 1) && !all_digits(month, 2)) continue;
    if (number(month) < 1 || number(month) > 12) continue;
    if (std::abs(number(segments[i]) - this_year) > years) return true;
  }
  return false;
}

}  // namespace

std::string_view trap(const model::Url& url, const TrapLimits& limits, int this_year) {
  if (url.href().size() > limits.max_url_length) return "max_url_length";
  const std::string_view path = url.path();
  const auto slashes = static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
  if (slashes > limits.max_segments) return "max_segments";
  if (slashes < 2) return {};
  std::vector<std::string_view> segments = segments_of(path);
  if (far_date(segments, this_year, limits.calendar_years)) return "calendar";
  if (slashes > limits.max_repeated_segments &&
      repeats(std::move(segments), limits.max_repeated_segments)) {
    return "max_repeated_segments";
  }
  return {};
}

}  // namespace crawld::policy
