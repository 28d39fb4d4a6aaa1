#include "crawler/cli/flags/time_option.h"

#include <charconv>
#include <chrono>

#include "crawler/cli/exit_code.h"
#include "crawler/cli/flags/option_parser.h"

namespace crawld::cli {
namespace {

// Takes exactly `digits` digits off the front.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int number = 0;
  const char* end = text.data() + digits;
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end || number < 0) return std::nullopt;
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

// "Z", "+01:00", "" as minutes east of UTC.
std::optional<int> take_zone(std::string_view& text) {
  if (text.empty() || take(text, 'Z') || take(text, 'z')) return 0;
  const int sign = text.front() == '-' ? -1 : 1;
  if (!take(text, '+') && !take(text, '-')) return std::nullopt;
  const auto hours = take_number(text, 2);
  take(text, ':');
  const auto minutes = take_number(text, 2);
  if (!hours || !minutes) return std::nullopt;
  return sign * (*hours * 60 + *minutes);
}

// "08:00", "08:00:30", "08:00:30.250" as milliseconds of the day.
std::optional<std::int64_t> take_clock(std::string_view& text) {
  const auto hour = take_number(text, 2);
  if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute || *minute > 59) return std::nullopt;
  std::int64_t second = 0;
  std::int64_t millis = 0;
  if (take(text, ':')) {
    const auto told = take_number(text, 2);
    if (!told || *told > 60) return std::nullopt;
    second = *told;
    std::int64_t unit = 100;
    if (take(text, '.')) {
      for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; unit /= 10) {
        millis += (text.front() - '0') * unit;
        text.remove_prefix(1);
      }
    }
  }
  return ((*hour * 60LL + *minute) * 60 + second) * 1000 + millis;
}

}  // namespace

std::optional<std::int64_t> moment_from(std::string_view text) {
  const auto year = take_number(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  std::int64_t moment =
      std::chrono::milliseconds(std::chrono::sys_days(date).time_since_epoch()).count();
  if (text.empty()) return moment;
  if (!take(text, 'T') && !take(text, ' ')) return std::nullopt;
  const auto clock = take_clock(text);
  if (!clock) return std::nullopt;
  const auto zone = take_zone(text);
  if (!zone || !text.empty()) return std::nullopt;
  return moment + *clock - *zone * 60'000LL;
}

bool read_time(const char* flag, const std::string& text, std::int64_t& value) {
  if (text.empty()) return true;
  const auto moment = moment_from(text);
  if (moment) {
    value = *moment;
    return true;
  }
  complain(std::string(flag) + ": \"" + text + "\" is no time such as 2026-11-21T08:00:00Z",
           kUsage);
  return false;
}

}  // namespace crawld::cli
