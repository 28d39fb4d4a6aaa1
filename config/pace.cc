#include "config/pace.h"

#include <algorithm>
#include <array>
#include <ctime>

#include "config/units.h"

namespace crawld::config {
namespace {

using base::Error;

constexpr std::array<std::string_view, 7> kDays = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
constexpr int kDay = 24 * 60;

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t start = line.find_first_not_of(' ');
    if (start == line.npos) return words;
    line.remove_prefix(start);
    const std::size_t end = std::min(line.find(' '), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

std::optional<std::size_t> day_of(std::string_view name) {
  const auto found = std::find(kDays.begin(), kDays.end(), name);
  if (found == kDays.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kDays.begin());
}

// "mon-fri,sun"
bool read_days(std::string_view text, std::bitset<7>& days) {
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view part = text.substr(0, comma);
    const std::size_t dash = part.find('-');
    const auto first = day_of(part.substr(0, dash));
    const auto last = dash == part.npos ? first : day_of(part.substr(dash + 1));
    if (!first || !last) return false;
    for (std::size_t day = *first; day != *last; day = (day + 1) % 7) days.set(day);
    days.set(*last);
    if (comma == text.npos) return true;
    text.remove_prefix(comma + 1);
  }
}

// "08:30", or "24:00" for the end of a day.
std::optional<int> minutes_of(std::string_view text) {
  const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
  if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4)) {
    return std::nullopt;
  }
  const int hours = (text[0] - '0') * 10 + (text[1] - '0');
  const int minutes = (text[3] - '0') * 10 + (text[4] - '0');
  if (minutes > 59 || hours * 60 + minutes > kDay) return std::nullopt;
  return hours * 60 + minutes;
}

struct Moment {
  int weekday;
  int minute;
};
Moment moment_of(base::WallTime wall) {
  const auto seconds = static_cast<std::time_t>(base::to_millis(wall) / 1'000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return {parts.tm_wday, parts.tm_hour * 60 + parts.tm_min};
}

}  // namespace

base::Result<Pace> Pace::parse(const std::vector<std::string>& lines) {
  Pace pace;
  for (const std::string& line : lines) {
    auto window = parse_line(line);
    if (!window) return std::move(window).error();
    pace.windows_.push_back(*window);
  }
  return pace;
}

base::Result<Pace::Window> Pace::parse_line(std::string_view line) {
  const auto wrong = [&](const char* why) {
    return Error{Error::Code::invalid,
                 "\"" + std::string(line) + "\": " + why +
                     "; write it as \"mon-fri 08:00-18:00 delay 5s\" or \"sat,sun off\""};
  };
  const auto words = words_of(line);
  Window window;
  window.days.set();
  std::size_t at = 0;
  if (at < words.size() && day_of(words[at].substr(0, 3))) {
    window.days.reset();
    if (!read_days(words[at++], window.days)) return wrong("no days");
  }
  if (at < words.size() && words[at].find(':') != std::string_view::npos) {
    const std::size_t dash = std::min(words[at].find('-'), words[at].size() - 1);
    const auto from = minutes_of(words[at].substr(0, dash));
    const auto until = minutes_of(words[at].substr(dash + 1));
    if (!from || !until || *from == *until || *from == kDay) return wrong("no hours");
    window.from = *from;
    window.until = *until;
    ++at;
  }
  if (at + 1 == words.size() && words[at] == "off") {
    window.rule.off = true;
    return window;
  }
  if (at + 2 != words.size() || words[at] != "delay") return wrong("neither \"delay\" nor \"off\"");
  window.rule.delay = parse_duration(words[at + 1]);
  if (!window.rule.delay) return wrong("no duration");
  return window;
}

bool Pace::Window::holds(int weekday, int minute) const {
  const auto on = [&](int day) { return days.test(static_cast<std::size_t>(day)); };
  if (from < until) return on(weekday) && minute >= from && minute < until;
  return (on(weekday) && minute >= from) || (on((weekday + 6) % 7) && minute < until);
}

Pace::Rule Pace::at(base::WallTime now) const {
  const Moment moment = moment_of(now);
  for (const Window& window : windows_) {
    if (window.holds(moment.weekday, moment.minute)) return window.rule;
  }
  return {};
}

base::WallTime Pace::next_change(base::WallTime now) const {
  const int minute = moment_of(now).minute;
  int next = kDay;  // a new day may have other rules
  for (const Window& window : windows_) {
    for (const int edge : {window.from, window.until}) {
      if (edge > minute) next = std::min(next, edge);
    }
  }
  const std::int64_t start_of_minute = base::to_millis(now) / 60'000;
  return base::from_millis((start_of_minute + next - minute) * 60'000);
}

}  // namespace crawld::config
