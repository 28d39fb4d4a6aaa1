#include "config/schedule.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "config/units.h"
#include "crawler/base/ascii.h"

namespace crawld::config {
namespace {

using base::Error;

constexpr int kMostYears = 9;  // 2096-02-29 is followed by 2104-02-29

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    if (separator != ' ' || end != 0) parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  if (separator == ' ' && !parts.empty() && parts.back().empty()) parts.pop_back();
  return parts;
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// What a field may hold; its names count from the lowest on.
struct Range {
  int low;
  int high;
  std::span<const std::string_view> names{};
};
constexpr std::string_view kMonths[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                        "jul", "aug", "sep", "oct", "nov", "dec"};
// Sunday stands at both ends, as 0 and 7 do: "fri-sun" ends with the latter.
constexpr std::string_view kWeekdays[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun"};

enum class End { first, last };  // of a range

std::optional<int> value_of(std::string_view text, const Range& range, End end) {
  const std::string name = base::ascii_lower(text);
  std::optional<int> found;
  for (std::size_t i = 0; i < range.names.size(); ++i) {
    if (range.names[i] != name) continue;
    found = range.low + static_cast<int>(i);
    if (end == End::first) break;
  }
  return found ? found : number(text);
}

// One part of a field: "*", "5", "1-5", "*/10", "8-18/2", "mon-fri".
template <std::size_t N>
bool read_part(std::string_view part, const Range& range, std::bitset<N>& into) {
  const auto [low, high, names] = range;
  int step = 1;
  const std::size_t slash = part.find('/');
  if (slash != std::string_view::npos) {
    const auto parsed = number(part.substr(slash + 1));
    if (!parsed || *parsed < 1) return false;
    step = std::min(*parsed, high + 1);  // the first one alone
    part = part.substr(0, slash);
  }
  int first = low;
  int last = high;
  if (part != "*") {
    const std::size_t dash = part.find('-');
    const auto from = value_of(part.substr(0, dash), range, End::first);
    if (!from) return false;
    first = *from;
    last = slash == std::string_view::npos ? first : high;
    if (dash != std::string_view::npos) {
      const auto to = value_of(part.substr(dash + 1), range, End::last);
      if (!to) return false;
      last = *to;
    }
  }
  if (first < low || last > high || first > last) return false;
  for (int value = first; value <= last; value += step) into.set(static_cast<std::size_t>(value));
  return true;
}

template <std::size_t N>
bool read_field(std::string_view field, const Range& range, std::bitset<N>& into) {
  for (const std::string_view part : split(field, ',')) {
    if (!read_part(part, range, into)) return false;
  }
  return true;
}

// One of the months has one of the days.
bool has_a_day(const std::bitset<13>& months, const std::bitset<32>& days) {
  constexpr std::array<std::size_t, 12> kDays = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  for (std::size_t month = 1; month <= kDays.size(); ++month) {
    if (!months.test(month)) continue;
    for (std::size_t day = 1; day <= kDays[month - 1]; ++day) {
      if (days.test(day)) return true;
    }
  }
  return false;
}

// "@daily" and its like, as a line; anything else as it is.
std::string_view without_nickname(std::string_view text) {
  constexpr std::pair<std::string_view, std::string_view> kNicknames[] = {
      {"@hourly", "0 * * * *"},  {"@daily", "0 0 * * *"},   {"@midnight", "0 0 * * *"},
      {"@weekly", "0 0 * * 0"},  {"@monthly", "0 0 1 * *"}, {"@yearly", "0 0 1 1 *"},
      {"@annually", "0 0 1 1 *"}};
  for (const auto& [nickname, line] : kNicknames) {
    if (text == nickname) return line;
  }
  return text;
}

}  // namespace

base::Result<Schedule> Schedule::parse(std::string_view text) {
  Schedule schedule;
  if (text.empty() || text == "continuous") return schedule;
  if (text.starts_with("every ")) {
    const auto every = parse_duration(text.substr(6));
    if (!every || every->count() < 1'000) {
      return Error{Error::Code::invalid,
                   "\"" + std::string(text) + "\" is no schedule such as \"every 6h\""};
    }
    schedule.kind_ = Kind::every;
    schedule.every_ = *every;
    return schedule;
  }
  const auto fields = split(without_nickname(text), ' ');
  std::bitset<8> weekdays;
  const bool fine = fields.size() == 5 && read_field(fields[0], {0, 59}, schedule.minutes_) &&
                    read_field(fields[1], {0, 23}, schedule.hours_) &&
                    read_field(fields[2], {1, 31}, schedule.days_) &&
                    read_field(fields[3], {1, 12, kMonths}, schedule.months_) &&
                    read_field(fields[4], {0, 7, kWeekdays}, weekdays);
  if (!fine) {
    return Error{
        Error::Code::invalid,
        "\"" + std::string(text) +
            "\" is neither \"every 6h\", \"continuous\", \"@daily\" nor a cron line such as "
            "\"30 4 * * mon-fri\""};
  }
  schedule.kind_ = Kind::cron;
  for (std::size_t day = 0; day < 8; ++day) {
    if (weekdays.test(day)) schedule.weekdays_.set(day % 7);  // 7 is Sunday too
  }
  schedule.any_day_ = fields[2] == "*";
  schedule.any_weekday_ = fields[4] == "*";
  // Days of the week come in every month.
  if (schedule.any_weekday_ && !has_a_day(schedule.months_, schedule.days_)) {
    return Error{Error::Code::invalid,
                 "\"" + std::string(text) + "\" names a day that none of its months has"};
  }
  return schedule;
}

bool Schedule::day_matches(int month, int day, int weekday) const {
  if (!months_.test(static_cast<std::size_t>(month))) return false;
  const bool by_day = days_.test(static_cast<std::size_t>(day));
  const bool by_weekday = weekdays_.test(static_cast<std::size_t>(weekday));
  if (any_day_ || any_weekday_) return by_day && by_weekday;
  return by_day || by_weekday;
}

base::WallTime Schedule::next(base::WallTime now) const {
  const std::int64_t ms = base::to_millis(now);
  if (kind_ == Kind::every) {
    // Aligned to the epoch, so that a restart keeps the beat.
    const std::int64_t every = every_.count();
    return base::from_millis((ms / every + 1) * every);
  }
  auto at = static_cast<std::time_t>((ms / 60'000 + 1) * 60);  // the next full minute
  const std::time_t end = at + static_cast<std::time_t>(kMostYears) * 366 * 86'400;
  while (at < end) {
    std::tm parts{};
    gmtime_r(&at, &parts);
    if (!day_matches(parts.tm_mon + 1, parts.tm_mday, parts.tm_wday)) {
      at += 86'400 - (parts.tm_hour * 3'600 + parts.tm_min * 60);
    } else if (!hours_.test(static_cast<std::size_t>(parts.tm_hour))) {
      at += 3'600 - parts.tm_min * 60;
    } else if (!minutes_.test(static_cast<std::size_t>(parts.tm_min))) {
      at += 60;
    } else {
      break;
    }
  }
  return base::from_millis(static_cast<std::int64_t>(at) * 1'000);
}

}  // namespace crawld::config
