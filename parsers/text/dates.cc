#include "parsers/text/dates.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>

#include "crawler/base/ascii.h"
#include "parsers/text/date_names.h"

namespace crawld::parsers {
namespace {

using base::ascii_lower;
using base::is_ascii_alpha;
using base::is_ascii_digit;

// No date is longer; what is longer is not looked at.
constexpr std::size_t kMaxText = 128;
constexpr int kKoreaMinutes = 9 * 60;

struct Date {
  int year = 0;
  int month = 1;
  int day = 1;
};

struct Time {
  int hour = 0;
  int minute = 0;
  int second = 0;
  int millisecond = 0;
};

// Reads a text from the front; every take_ moves on only if it succeeds.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }
  char peek() const { return rest_.empty() ? '\0' : rest_[0]; }
  std::size_t digits() const {
    std::size_t count = 0;
    while (count < rest_.size() && is_ascii_digit(rest_[count])) ++count;
    return count;
  }
  void skip_space() {
    while (!rest_.empty() && base::is_ascii_space(rest_[0])) rest_.remove_prefix(1);
  }
  bool take(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  // Exactly `count` digits.
  std::optional<int> take_digits(std::size_t count) {
    if (count == 0 || count > 9 || digits() < count) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) value = value * 10 + (rest_[i] - '0');
    rest_.remove_prefix(count);
    return value;
  }
  std::string_view take_word() {
    std::size_t size = 0;
    while (size < rest_.size() &&
           (is_ascii_alpha(rest_[size]) || static_cast<unsigned char>(rest_[size]) >= 0x80)) {
      ++size;
    }
    const std::string_view word = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return word;
  }

 private:
  std::string_view rest_;
};

// RFC 2822 section 4.3 for two digits; three and four are taken as they stand.
int full_year(int year, std::size_t digits) {
  if (digits > 2) return year;
  return year + (year < 70 ? 2000 : 1900);
}

std::optional<std::int64_t> instant(const Date& date, const Time& time, int zone_minutes) {
  using namespace std::chrono;
  // A month and a day of <chrono> are a byte each: the 261st month would be May.
  if (date.month > 12 || date.day > 31) return std::nullopt;
  const year_month_day day{year{date.year}, month{static_cast<unsigned>(date.month)},
                           std::chrono::day{static_cast<unsigned>(date.day)}};
  if (!day.ok()) return std::nullopt;
  const bool midnight = time.hour == 24 && time.minute == 0 && time.second == 0;
  if ((time.hour > 23 && !midnight) || time.minute > 59 || time.second > 60) return std::nullopt;
  const auto at = sys_days{day} + hours{time.hour} + minutes{time.minute - zone_minutes} +
                  seconds{time.second} + milliseconds{time.millisecond};
  // What iso_date() could not write, wherever its zone puts it.
  if (at < sys_days{year{1} / January / 1} || at >= sys_days{year{10'000} / January / 1}) {
    return std::nullopt;
  }
  return duration_cast<milliseconds>(at.time_since_epoch()).count();
}

// "10:14", "10:14:55", "10:14:55.5", with one-digit parts, and " PM" behind.
std::optional<Time> take_time(Cursor& cursor) {
  Time time;
  const auto part = [&] { return cursor.take_digits(std::min<std::size_t>(2, cursor.digits())); };
  const auto hour = part();
  if (!hour || !cursor.take(":")) return std::nullopt;
  const auto minute = part();
  if (!minute) return std::nullopt;
  time.hour = *hour;
  time.minute = *minute;
  if (cursor.take(":")) {
    const auto second = part();
    if (!second) return std::nullopt;
    time.second = *second;
    if (is_ascii_digit(cursor.peek())) return std::nullopt;
    if (cursor.take(".") || cursor.take(",")) {
      int scale = 100;
      if (cursor.digits() == 0) return std::nullopt;
      while (const auto digit = cursor.take_digits(cursor.digits() > 0 ? 1 : 0)) {
        time.millisecond += *digit * scale;
        scale /= 10;
      }
    }
  }
  Cursor ahead = cursor;
  ahead.skip_space();
  const std::string half = ascii_lower(ahead.take_word());
  if (half == "am" || half == "pm") {
    if (time.hour < 1 || time.hour > 12) return std::nullopt;
    time.hour = time.hour % 12 + (half == "pm" ? 12 : 0);
    cursor = ahead;
  }
  return time;
}

// "101455", "1014" or "10", as the basic format of ISO 8601 has it.
std::optional<Time> take_compact_time(Cursor& cursor) {
  const std::size_t digits = cursor.digits();
  if (digits != 2 && digits != 4 && digits != 6) return std::nullopt;
  const auto number = [&](std::size_t count) { return cursor.take_digits(count).value_or(0); };
  Time time;
  time.hour = number(2);
  if (digits > 2) time.minute = number(2);
  if (digits == 6) time.second = number(2);
  return time;
}

// "+02:00", "-0800", "+09"; minutes.
std::optional<int> take_offset(Cursor& cursor) {
  const int sign = cursor.peek() == '-' ? -1 : 1;
  if (!cursor.take("+") && !cursor.take("-")) return std::nullopt;
  const std::size_t digits = cursor.digits();
  std::optional<int> hour;
  std::optional<int> minute = 0;
  if (digits == 4) {
    hour = cursor.take_digits(2);
    minute = cursor.take_digits(2);
  } else if (digits == 1 || digits == 2) {
    hour = cursor.take_digits(digits);
    if (cursor.take(":")) minute = cursor.take_digits(2);
  }
  if (!hour || !minute || *hour > 23 || *minute > 59) return std::nullopt;
  return sign * (*hour * 60 + *minute);
}

// RFC 5322 section 4.3: one letter of the military, or three to five of anybody.
bool may_name_zone(std::string_view name) {
  const bool sized = name.size() == 1 || (name.size() >= 3 && name.size() <= 5);
  return sized && std::all_of(name.begin(), name.end(), is_ascii_alpha);
}

// A zone at the end of a text, which must then be used up, or nothing for none.
struct Zone {
  bool valid = true;
  std::optional<int> minutes;
};

// What a name is that is no zone's that we know.
enum class UnknownName : std::uint8_t { no_zone, utc };

Zone take_zone(Cursor& cursor, UnknownName unknown = UnknownName::no_zone) {
  cursor.skip_space();
  if (cursor.at_end()) return {};
  Zone zone;
  if (is_ascii_alpha(cursor.peek())) {
    std::string name = ascii_lower(cursor.take_word());
    if (name == "etc" && cursor.take("/")) name = ascii_lower(cursor.take_word());
    zone.minutes = zone_named(name);
    if (unknown == UnknownName::utc && !zone.minutes && may_name_zone(name)) zone.minutes = 0;
    if (!zone.minutes) return {false, std::nullopt};
  }
  if (cursor.peek() == '+' || cursor.peek() == '-') {
    const auto offset = take_offset(cursor);
    if (!offset) return {false, std::nullopt};
    zone.minutes = offset;
  }
  cursor.skip_space();
  // "(CEST)", as JavaScript writes it.
  if (cursor.peek() == '(') return zone;
  zone.valid = cursor.at_end();
  return zone;
}

std::optional<Date> from_ordinal(int year, int day_of_year) {
  using namespace std::chrono;
  if (day_of_year < 1 || day_of_year > 366) return std::nullopt;
  const sys_days first{std::chrono::year{year} / January / 1};
  const year_month_day day{first + days{day_of_year - 1}};
  if (static_cast<int>(day.year()) != year) return std::nullopt;
  return Date{year, static_cast<int>(static_cast<unsigned>(day.month())),
              static_cast<int>(static_cast<unsigned>(day.day()))};
}

// ISO 8601: week 1 holds the year's first Thursday, and weeks begin on Monday.
std::optional<Date> from_week(int year, int week, int weekday) {
  using namespace std::chrono;
  if (week < 1 || week > 53 || weekday < 1 || weekday > 7) return std::nullopt;
  const sys_days in_first{std::chrono::year{year} / January / 4};
  const sys_days monday = in_first - (std::chrono::weekday{in_first} - Monday) + weeks{week - 1};
  if (static_cast<int>(year_month_day{monday + days{3}}.year()) != year) return std::nullopt;
  const year_month_day day{monday + days{weekday - 1}};
  return Date{static_cast<int>(day.year()), static_cast<int>(static_cast<unsigned>(day.month())),
              static_cast<int>(static_cast<unsigned>(day.day()))};
}

// What follows the year: "W01-1", "W011", or "W01" for its Monday.
std::optional<Date> take_week(Cursor& cursor, int year, std::string_view separator) {
  Cursor ahead = cursor;
  if (!ahead.take("W") || ahead.digits() > 3) return std::nullopt;
  const auto week = ahead.take_digits(2);
  if (!week) return std::nullopt;
  if (ahead.digits() == 0 && !separator.empty() && !ahead.take(separator)) {
    cursor = ahead;
    return from_week(year, *week, 1);
  }
  if (ahead.digits() > 1) return std::nullopt;
  const auto weekday = ahead.take_digits(ahead.digits());
  if (!weekday && !separator.empty()) return std::nullopt;
  cursor = ahead;
  return from_week(year, *week, weekday.value_or(1));
}

// Dates without separators: YYYYMMDD, YYYYDDD, YYMMDD, YYYYWwwD, YYYY.
std::optional<Date> take_compact_date(Cursor& cursor) {
  const std::size_t digits = cursor.digits();
  const auto number = [&](std::size_t count) { return cursor.take_digits(count).value_or(0); };
  if (digits == 8) {
    const int year = number(4);
    const int month = number(2);
    return Date{year, month, number(2)};
  }
  if (digits == 7) {
    const int year = number(4);
    return from_ordinal(year, number(3));
  }
  if (digits == 6) {
    const int year = full_year(number(2), 2);
    const int month = number(2);
    return Date{year, month, number(2)};
  }
  if (digits != 4) return std::nullopt;
  const int year = number(4);
  return cursor.peek() == 'W' ? take_week(cursor, year, "") : Date{year, 1, 1};
}

// What follows "YYYY-" or "YY-": a month (in words too) and a day, a day of the year, or a week.
std::optional<Date> take_rest_of_date(Cursor& cursor, int year, std::string_view separator) {
  const std::size_t digits = cursor.digits();
  if (digits == 0) {
    if (const auto date = take_week(cursor, year, separator)) return date;
    const auto month = month_named(cursor.take_word());
    if (!month || !cursor.take(separator)) return std::nullopt;
    const auto day = cursor.take_digits(std::min<std::size_t>(2, cursor.digits()));
    return day ? std::optional<Date>({year, *month, *day}) : std::nullopt;
  }
  const auto number = cursor.take_digits(digits <= 3 ? digits : 0);
  if (!number) return std::nullopt;
  if (!cursor.take(separator)) {
    return digits == 3 ? from_ordinal(year, *number) : Date{year, *number, 1};
  }
  const std::size_t day_digits = cursor.digits();
  const auto day = cursor.take_digits(day_digits <= 2 ? day_digits : 0);
  return day ? std::optional<Date>({year, *number, *day}) : std::nullopt;
}

std::optional<Date> take_iso_date(Cursor& cursor) {
  const bool without_century = cursor.take("-");  // "-03-12", "-0312"
  const std::size_t digits = cursor.digits();
  Cursor ahead = cursor;
  ahead.take_digits(digits);
  const char mark = ahead.peek();
  const std::string_view separator = mark == '/' ? "/" : mark == '.' ? "." : "-";
  // "-0001-11-30" is how PHP writes the date that it has not.
  if (without_century && digits == 4 && mark == '-') return std::nullopt;
  if (ahead.take(separator) && (digits == 4 || (digits == 2 && mark == '-'))) {
    const int year = full_year(cursor.take_digits(digits).value_or(0), digits);
    cursor.take(separator);
    return take_rest_of_date(cursor, year, separator);
  }
  if (without_century && digits == 4) {
    const int year = full_year(cursor.take_digits(2).value_or(0), 2);
    return Date{year, cursor.take_digits(2).value_or(0), 1};
  }
  return take_compact_date(cursor);
}

// ISO 8601, and what calls itself so.
std::optional<std::int64_t> parse_iso(std::string_view text) {
  Cursor cursor(text);
  const auto date = take_iso_date(cursor);
  if (!date) return std::nullopt;
  Time time;
  int fallback_zone = 0;
  const bool blank = base::is_ascii_space(cursor.peek());
  cursor.skip_space();
  if (cursor.take("T") || cursor.take("t") || (blank && !cursor.at_end())) {
    // "2004-05-25 오후 11:23:17": before or after noon.
    const bool morning = cursor.take("오전");
    const bool afternoon = !morning && cursor.take("오후");
    if (morning || afternoon) fallback_zone = kKoreaMinutes;
    cursor.skip_space();
    const bool colon = cursor.rest().substr(cursor.digits()).starts_with(':');
    const auto taken = colon ? take_time(cursor) : take_compact_time(cursor);
    if (!taken) return std::nullopt;
    time = *taken;
    if (afternoon && time.hour < 12) time.hour += 12;
    if (morning && time.hour == 12) time.hour = 0;
  } else if (cursor.peek() != 'Z' && cursor.rest().find(':') == std::string_view::npos) {
    // A date alone may have a zone (XML Schema 3.3.9), but "-01" is none.
    if (!cursor.at_end()) return std::nullopt;
  }
  const Zone zone = take_zone(cursor);
  if (!zone.valid) return std::nullopt;
  return instant(*date, time, zone.minutes.value_or(fallback_zone));
}

// "2004년 05월 28일  01:31:15".
std::optional<std::int64_t> parse_korean(std::string_view text) {
  Cursor cursor(text);
  Date date;
  for (const auto& [part, mark] :
       {std::pair{&date.year, "년"}, {&date.month, "월"}, {&date.day, "일"}}) {
    cursor.skip_space();
    const auto number = cursor.take_digits(std::min<std::size_t>(4, cursor.digits()));
    if (!number || !cursor.take(mark)) return std::nullopt;
    *part = *number;
  }
  cursor.skip_space();
  Time time;
  if (!cursor.at_end()) {
    const auto taken = take_time(cursor);
    if (!taken) return std::nullopt;
    time = *taken;
  }
  const Zone zone = take_zone(cursor);
  if (!zone.valid) return std::nullopt;
  return instant(date, time, zone.minutes.value_or(kKoreaMinutes));
}

// RFC 822 and its relatives, piece by piece: "[Sun,] 04 Jan 2004 16:29:06 GMT",
// "Sunday, 04-Jan-04 ...", "Sun Jan  4 16:29:06 2004", "Sun Jan  4 16:29:06 EST 2004",
// "Sun Jan 4 2004 16:29:06 +0100",
// "Sun, 2004/01/04 16:29:06 EST", "January 4, 2004".
class MailDate {
 public:
  explicit MailDate(std::string_view text) : cursor_(text) {}

  std::optional<std::int64_t> parse() {
    take_weekday();
    auto unknown = UnknownName::no_zone;
    while (true) {
      // A zone stands behind the time, and no comma between them.
      unknown = time_ && cursor_.peek() == ' ' ? UnknownName::utc : UnknownName::no_zone;
      while (std::string_view(" \t\r\n\f,-.").find(cursor_.peek()) != std::string_view::npos &&
             !at_zone() && !cursor_.at_end()) {
        cursor_.take(cursor_.rest().substr(0, 1));
      }
      if (cursor_.at_end() || complete() || !take_piece()) break;
    }
    const Zone zone = take_zone(cursor_, unknown);
    if (!zone.valid || !day_ || !month_ || !year_) return std::nullopt;
    const int minutes = zone.minutes.value_or(inner_zone_.value_or(0));
    return instant({*year_, *month_, *day_}, time_.value_or(Time{}), minutes);
  }

 private:
  bool complete() const { return day_ && month_ && year_ && time_; }
  // A "-" after the time begins an offset.
  bool at_zone() const { return time_ && cursor_.peek() == '-'; }

  // "Sun", or a word of another language with a comma and the day behind it.
  void take_weekday() {
    Cursor ahead = cursor_;
    const std::string_view word = ahead.take_word();
    if (!is_weekday(word)) {
      ahead.take(".");
      if (word.empty() || !ahead.take(",")) return;
      ahead.skip_space();
      if (ahead.digits() == 0) return;
    }
    cursor_ = ahead;
  }

  // "EST" in "Wed Jan  7 10:00:00 EST 2004", as date(1) and Java write it.
  bool take_inner_zone() {
    Cursor ahead = cursor_;
    const std::string name = ascii_lower(ahead.take_word());
    auto minutes = name.empty() ? take_offset(ahead) : zone_named(name);
    if (!minutes && may_name_zone(name)) minutes = 0;
    if (const auto offset = take_offset(ahead)) minutes = offset;  // "GMT+01:00"
    if (!minutes || !ahead.take(" ") || ahead.digits() != 4) return false;
    inner_zone_ = minutes;
    cursor_ = ahead;
    return true;
  }

  // One number, name or time; false when nothing more belongs to the date.
  bool take_piece() {
    if (time_ && month_ && !year_ && take_inner_zone()) return true;
    const std::size_t digits = cursor_.digits();
    if (digits == 0) {
      Cursor ahead = cursor_;
      const auto month = month_named(ahead.take_word());
      if (!month || month_) return false;
      month_ = month;
      cursor_ = ahead;
      return true;
    }
    Cursor ahead = cursor_;
    ahead.take_digits(digits);
    if (ahead.peek() == ':' && !time_) {
      time_ = take_time(cursor_);
      return time_.has_value();
    }
    if (ahead.peek() == '/' && digits == 4 && !year_) {
      const auto date = take_iso_date(cursor_);
      if (!date) return false;
      year_ = date->year;
      month_ = date->month;
      day_ = date->day;
      return true;
    }
    return take_number(digits);
  }

  bool take_number(std::size_t digits) {
    const auto number = cursor_.take_digits(digits);
    if (!number) return false;
    if (!day_ && digits <= 2) {
      day_ = number;
      for (const char* ending : {"st", "nd", "rd", "th"}) {
        if (cursor_.take(ending)) break;
      }
      return true;
    }
    if (year_ || (digits != 2 && digits != 4)) return false;
    year_ = full_year(*number, digits);
    return true;
  }

  Cursor cursor_;
  std::optional<int> day_;
  std::optional<int> month_;
  std::optional<int> year_;
  std::optional<Time> time_;
  std::optional<int> inner_zone_;  // minutes; between time and year
};

}  // namespace

std::optional<std::int64_t> parse_date(std::string_view text) {
  text = base::trim(text);
  if (text.empty() || text.size() > kMaxText) return std::nullopt;
  if (const auto iso = parse_iso(text)) return iso;
  if (const auto korean = parse_korean(text)) return korean;
  return MailDate(text).parse();
}

std::string iso_date(std::int64_t value) {
  using namespace std::chrono;
  const sys_time<milliseconds> at{milliseconds{value}};
  const auto midnight = floor<days>(at);
  const year_month_day day{midnight};
  const hh_mm_ss<milliseconds> time{at - midnight};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d",
                static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                static_cast<unsigned>(day.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  std::string out(text.data());
  if (const auto rest = time.subseconds().count(); rest != 0) {
    std::snprintf(text.data(), text.size(), ".%03d", static_cast<int>(rest));
    out += text.data();
  }
  return out + "+00:00";
}

}  // namespace crawld::parsers
