#include "parsers/selector/selector_range.h"

#include <charconv>
#include <cstdint>
#include <limits>

namespace crawld::parsers {
namespace {

// Reads fixed-width numbers and marks from the front of a value.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  // At least `digits` digits; with `more`, as many as there are.
  std::optional<std::int64_t> number(std::size_t digits, bool more = false) {
    std::size_t length = 0;
    while (length < text_.size() && text_[length] >= '0' && text_[length] <= '9') ++length;
    if (length < digits || length > 9) return std::nullopt;
    if (!more) length = digits;
    std::int64_t value = 0;
    std::from_chars(text_.data(), text_.data() + length, value);
    text_.remove_prefix(length);
    return value;
  }
  bool mark(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool done() const { return text_.empty(); }
  std::string_view rest() const { return text_; }

 private:
  std::string_view text_;
};

// Days since 1970-01-01 in the proleptic Gregorian calendar.
std::int64_t day_number(std::int64_t year, std::int64_t month, std::int64_t day) {
  year -= month <= 2;
  std::int64_t era = year / 400;
  std::int64_t of_era = year - era * 400;
  std::int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

std::int64_t days_in_month(std::int64_t year, std::int64_t month) {
  if (month == 2) return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

struct Month {
  std::int64_t year;
  std::int64_t month;
};

std::optional<Month> read_month(Reader& in) {
  auto year = in.number(4, true);
  if (!year || *year == 0 || !in.mark('-')) return std::nullopt;
  auto month = in.number(2);
  if (!month || *month < 1 || *month > 12) return std::nullopt;
  return Month{*year, *month};
}

std::optional<double> read_date(Reader& in) {
  auto month = read_month(in);
  if (!month || !in.mark('-')) return std::nullopt;
  auto day = in.number(2);
  if (!day || *day < 1 || *day > days_in_month(month->year, month->month)) return std::nullopt;
  return static_cast<double>(day_number(month->year, month->month, *day));
}

std::optional<double> read_week(Reader& in) {
  auto year = in.number(4, true);
  if (!year || *year == 0 || !in.mark('-') || !in.mark('W')) return std::nullopt;
  auto week = in.number(2);
  // Week 1 is the one with the year's first Thursday. Day 0 was a Thursday.
  auto first_weekday = [](std::int64_t y) { return ((day_number(y, 1, 1) % 7) + 7 + 3) % 7; };
  bool leap = days_in_month(*year, 2) == 29;
  bool long_year = first_weekday(*year) == 3 || (first_weekday(*year) == 2 && leap);
  if (!week || *week < 1 || *week > (long_year ? 53 : 52)) return std::nullopt;
  return static_cast<double>(*year * 100 + *week);
}

std::optional<double> read_time(Reader& in) {
  auto hour = in.number(2);
  if (!hour || *hour > 23 || !in.mark(':')) return std::nullopt;
  auto minute = in.number(2);
  if (!minute || *minute > 59) return std::nullopt;
  double seconds = static_cast<double>(*hour * 3600 + *minute * 60);
  if (!in.mark(':')) return seconds;
  auto second = in.number(2);
  if (!second || *second > 59) return std::nullopt;
  seconds += static_cast<double>(*second);
  if (!in.mark('.')) return seconds;
  std::size_t before = in.rest().size();
  auto fraction = in.number(1, true);
  if (!fraction) return std::nullopt;
  double scale = 1;
  for (std::size_t i = in.rest().size(); i < before; ++i) scale *= 10;
  return seconds + static_cast<double>(*fraction) / scale;
}

// A valid floating-point number (HTML 2.3.4.3): no "+", no bare ".".
std::optional<double> read_number(std::string_view text) {
  double value = 0;
  const char* end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || text.empty()) return std::nullopt;
  char last = text.back();
  bool plain = last >= '0' && last <= '9';  // not "inf", "nan" or "1."
  return plain ? std::optional(value) : std::nullopt;
}

std::optional<double> read_value(std::string_view type, std::string_view text) {
  if (type == "number" || type == "range") return read_number(text);
  Reader in(text);
  std::optional<double> value;
  if (type == "date") value = read_date(in);
  if (type == "time") value = read_time(in);
  if (type == "week") value = read_week(in);
  if (type == "month") {
    if (auto month = read_month(in)) value = static_cast<double>(month->year * 12 + month->month);
  }
  if (type == "datetime-local") {
    auto day = read_date(in);
    if (!day || !(in.mark('T') || in.mark(' '))) return std::nullopt;
    auto time = read_time(in);
    if (time) value = *day * 86400 + *time;
  }
  return in.done() ? value : std::nullopt;
}

}  // namespace

RangeVerdict judge_range(std::string_view type, std::optional<std::string_view> value,
                         std::optional<std::string_view> min, std::optional<std::string_view> max) {
  constexpr std::string_view kTypes[] = {"number", "range", "date",          "month",
                                         "week",   "time",  "datetime-local"};
  bool ranged = false;
  for (std::string_view known : kTypes) ranged = ranged || known == type;
  if (!ranged) return RangeVerdict::no_range;
  constexpr double kUnbounded = std::numeric_limits<double>::infinity();
  double low = (min ? read_value(type, *min) : std::nullopt).value_or(-kUnbounded);
  double high = (max ? read_value(type, *max) : std::nullopt).value_or(kUnbounded);
  if (low == -kUnbounded && high == kUnbounded) return RangeVerdict::no_range;
  auto at = value ? read_value(type, *value) : std::nullopt;
  if (!at) return RangeVerdict::within;  // nothing there to be outside
  // A time from 22:00 to 06:00 runs over midnight (HTML 4.10.5.3.7).
  bool over_midnight = type == "time" && low > high && high != kUnbounded && low != -kUnbounded;
  bool outside = over_midnight ? *at<low&& * at> high : *at < low || *at > high;
  return outside ? RangeVerdict::outside : RangeVerdict::within;
}

}  // namespace crawld::parsers
