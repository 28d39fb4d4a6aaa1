#include "crawler/policy/traps.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "crawler/base/ascii.h"

namespace crawld::policy {
namespace {

std::vector<std::string_view> segments_of(std::string_view path, std::size_t slashes) {
  std::vector<std::string_view> segments;
  segments.reserve(slashes);
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

// The number that `text` begins with where that has `least` to `most` digits; cut off `text`.
std::optional<int> take_number(std::string_view& text, std::size_t least, std::size_t most) {
  std::size_t digits = 0;
  int value = 0;
  while (digits < text.size() && base::is_ascii_digit(text[digits])) {
    if (++digits > most) return std::nullopt;
    value = value * 10 + (text[digits - 1] - '0');
  }
  if (digits < least) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

std::optional<int> whole_number(std::string_view text, std::size_t least, std::size_t most) {
  const auto value = take_number(text, least, most);
  return text.empty() ? value : std::nullopt;
}

bool is_month(std::optional<int> value) { return value && *value >= 1 && *value <= 12; }

// The year of "2071-11", "2071-11-03", "2071-11-03T09:00"; of nothing else.
std::optional<int> year_of_date(std::string_view text) {
  const auto year = take_number(text, 4, 4);
  if (!year || !text.starts_with('-')) return std::nullopt;
  text.remove_prefix(1);
  if (!is_month(take_number(text, 1, 2))) return std::nullopt;
  const bool ends = text.empty() || text.front() == '-' || text.front() == 'T';
  return ends ? year : std::nullopt;
}

// Calendars link to the next month for ever. What counts is a year with its month:
// /2071/11/, /2071-11-03, ?date=2071-11, ?year=2071&month=11.
class FarDates {
 public:
  FarDates(const TrapLimits& limits, int this_year)
      : first_(this_year - limits.calendar_years_back),
        last_(this_year + limits.calendar_years_ahead) {}

  bool in_path(const std::vector<std::string_view>& segments) const {
    for (std::size_t i = 0; i < segments.size(); ++i) {
      if (is_far(year_of_date(segments[i]))) return true;
      if (i + 1 == segments.size() || !is_month(whole_number(segments[i + 1], 1, 2))) continue;
      if (is_far(whole_number(segments[i], 4, 4))) return true;
    }
    return false;
  }

  bool in_query(std::string_view query) const {
    std::optional<int> year;
    bool month = false;
    while (!query.empty()) {
      const std::string_view pair = query.substr(0, query.find('&'));
      query.remove_prefix(std::min(pair.size() + 1, query.size()));
      const std::size_t equals = pair.find('=');
      if (equals == std::string_view::npos) continue;
      const std::string_view name = pair.substr(0, equals);
      const std::string_view value = pair.substr(equals + 1);
      if (is_far(year_of_date(value))) return true;
      if (name == "year" || name == "yr" || name == "y") year = whole_number(value, 4, 4);
      if (name == "month" || name == "mon" || name == "m")
        month = is_month(whole_number(value, 1, 2));
    }
    return month && is_far(year);
  }

 private:
  bool is_far(std::optional<int> year) const { return year && (*year < first_ || *year > last_); }

  int first_;
  int last_;
};

}  // namespace

std::string_view trap(const model::Url& url, const TrapLimits& limits, int this_year) {
  if (url.href().size() > limits.max_url_length) return "max_url_length";
  const std::string_view path = url.path();
  const auto slashes = static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
  if (slashes > limits.max_segments) return "max_segments";
  const FarDates far_dates(limits, this_year);
  if (this_year != 0 && far_dates.in_query(url.query())) return "calendar";
  const bool may_repeat = slashes > limits.max_repeated_segments;
  if (path.size() < 8 && !may_repeat) return {};  // too short for a date: "/2071/11"
  std::vector<std::string_view> segments = segments_of(path, slashes);
  if (this_year != 0 && far_dates.in_path(segments)) return "calendar";
  if (may_repeat && repeats(std::move(segments), limits.max_repeated_segments)) {
    return "max_repeated_segments";
  }
  return {};
}

}  // namespace crawld::policy
