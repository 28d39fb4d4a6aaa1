#include "crawler/fetch/cookie_parser.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <limits>

#include "crawler/base/ascii.h"

namespace crawld::fetch {
namespace {

constexpr std::string_view kBlank = " \t";
constexpr std::string_view kHttpOnly = "#HttpOnly_";
constexpr std::int64_t kLatest = 253'402'300'799;  // the end of 9999: beyond it some cannot read

// Of a line whose fields stand between tabs.
bool is_one_field(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

// The text up to `separator`, taken off the front of `rest` with it.
std::string_view take_until(std::string_view& rest, char separator) {
  const std::string_view part = rest.substr(0, rest.find(separator));
  rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  return part;
}

// Section 5.2.2: an optional minus and digits; what does not fit is as far as time goes.
std::optional<std::int64_t> parse_max_age(std::string_view text) {
  const bool negative = text.starts_with('-');
  const std::string_view digits = text.substr(negative ? 1 : 0);
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), base::is_ascii_digit))
    return std::nullopt;
  if (negative) return 0;
  std::int64_t seconds = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  return parsed.ec == std::errc{} ? seconds : std::numeric_limits<std::int64_t>::max();
}

void apply_attribute(SetCookie& cookie, std::string_view attribute) {
  const auto equals = attribute.find('=');
  const std::string name = base::ascii_lower(base::trim(attribute.substr(0, equals), kBlank));
  const std::string_view value = equals == std::string_view::npos
                                     ? std::string_view()
                                     : base::trim(attribute.substr(equals + 1), kBlank);
  if (name == "expires") {
    if (const auto date = parse_cookie_date(value)) cookie.expires = date;
  } else if (name == "max-age") {
    if (const auto age = parse_max_age(value)) cookie.max_age = age;
  } else if (name == "domain") {
    // Section 5.2.3: an empty one is ignored, the last of several counts.
    if (!value.empty())
      cookie.domain = base::ascii_lower(value.substr(value.front() == '.' ? 1 : 0));
  } else if (name == "path") {
    cookie.path = value.starts_with('/') ? std::string(value) : std::string();
  } else if (name == "secure") {
    cookie.secure = true;
  } else if (name == "httponly") {
    cookie.http_only = true;
  }
}

// --- dates, section 5.1.1 ---------------------------------------------------------------

struct DateParts {
  int hour = -1, minute = -1, second = -1;
  int day = -1, month = -1, year = -1;
};

bool is_delimiter(unsigned char c) {
  return c == 0x09 || (c >= 0x20 && c <= 0x2F) || (c >= 0x3B && c <= 0x40) ||
         (c >= 0x5B && c <= 0x60) || (c >= 0x7B && c <= 0x7E);
}

// `least` to `most` digits that are not followed by another one.
std::optional<int> take_digits(std::string_view& token, std::size_t least, std::size_t most) {
  std::size_t count = 0;
  int number = 0;
  while (count < token.size() && base::is_ascii_digit(token[count])) {
    if (++count > most) return std::nullopt;
    number = number * 10 + (token[count - 1] - '0');
  }
  if (count < least) return std::nullopt;
  token.remove_prefix(count);
  return number;
}

bool take_time(std::string_view token, DateParts& parts) {
  std::array<int, 3> fields{};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) {
      if (!token.starts_with(':')) return false;
      token.remove_prefix(1);
    }
    const auto number = take_digits(token, 1, 2);
    if (!number) return false;
    fields[i] = *number;
  }
  parts.hour = fields[0];
  parts.minute = fields[1];
  parts.second = fields[2];
  return true;
}

int month_of(std::string_view token) {
  static constexpr std::array<std::string_view, 12> kMonths = {
      "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
  const std::string name = base::ascii_lower(token.substr(0, 3));
  const auto found = std::find(kMonths.begin(), kMonths.end(), name);
  return found == kMonths.end() ? -1 : static_cast<int>(found - kMonths.begin()) + 1;
}

void take_date_token(std::string_view token, DateParts& parts) {
  if (parts.hour < 0 && take_time(token, parts)) return;
  std::string_view rest = token;
  if (parts.day < 0) {
    if (const auto day = take_digits(rest, 1, 2)) {
      parts.day = *day;
      return;
    }
  }
  if (parts.month < 0 && (parts.month = month_of(token)) > 0) return;
  rest = token;
  if (parts.year < 0) {
    if (const auto year = take_digits(rest, 2, 4)) parts.year = *year;
  }
}

}  // namespace

std::optional<std::int64_t> parse_cookie_date(std::string_view text) {
  DateParts parts;
  while (!text.empty()) {
    const auto first = std::find_if_not(text.begin(), text.end(), is_delimiter);
    const auto last = std::find_if(first, text.end(), is_delimiter);
    if (first != last) take_date_token({first, last}, parts);
    text.remove_prefix(static_cast<std::size_t>(last - text.begin()));
  }
  if (parts.year >= 70 && parts.year <= 99) parts.year += 1'900;
  if (parts.year >= 0 && parts.year <= 69) parts.year += 2'000;
  if (parts.hour < 0 || parts.day < 1 || parts.month < 1 || parts.year < 1'601) return std::nullopt;
  if (parts.hour > 23 || parts.minute > 59 || parts.second > 59) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(parts.year),
                                         std::chrono::month(static_cast<unsigned>(parts.month)),
                                         std::chrono::day(static_cast<unsigned>(parts.day)));
  if (!date.ok()) return std::nullopt;
  const std::chrono::sys_seconds moment =
      std::chrono::sys_days(date) + std::chrono::hours(parts.hour) +
      std::chrono::minutes(parts.minute) + std::chrono::seconds(parts.second);
  return moment.time_since_epoch().count();
}

std::optional<SetCookie> parse_set_cookie(std::string_view value) {
  std::string_view rest = value;
  const std::string_view pair = take_until(rest, ';');
  const auto equals = pair.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  SetCookie cookie;
  cookie.name = base::trim(pair.substr(0, equals), kBlank);
  cookie.value = base::trim(pair.substr(equals + 1), kBlank);
  if (cookie.name.empty()) return std::nullopt;
  while (!rest.empty()) apply_attribute(cookie, take_until(rest, ';'));
  return cookie;
}

std::vector<FileCookie> parse_cookie_file(std::string_view text) {
  std::vector<FileCookie> cookies;
  while (!text.empty()) {
    std::string_view line = take_until(text, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    FileCookie entry;
    entry.cookie.http_only = line.starts_with(kHttpOnly);
    if (entry.cookie.http_only) line.remove_prefix(kHttpOnly.size());
    if (line.starts_with('#') || std::count(line.begin(), line.end(), '\t') < 6) continue;
    const std::string_view domain = take_until(line, '\t');
    entry.with_subdomains = take_until(line, '\t') == "TRUE";
    entry.cookie.domain = base::ascii_lower(domain.substr(domain.starts_with('.') ? 1 : 0));
    entry.cookie.path = take_until(line, '\t');
    entry.cookie.secure = take_until(line, '\t') == "TRUE";
    const std::string_view expires = take_until(line, '\t');
    std::int64_t seconds = 0;
    std::from_chars(expires.data(), expires.data() + expires.size(), seconds);
    if (seconds > 0) entry.cookie.expires = seconds;  // 0: ends with the session
    entry.cookie.name = take_until(line, '\t');
    entry.cookie.value = line;
    if (!entry.cookie.name.empty() && !entry.cookie.domain.empty()) cookies.push_back(entry);
  }
  return cookies;
}

std::string format_cookie_file(std::span<const FileCookie> cookies) {
  std::string text =
      "# Netscape HTTP Cookie File\n# Written by crawld, which replaces it. These are secrets.\n\n";
  for (const auto& [cookie, with_subdomains] : cookies) {
    const bool fits_a_line = is_one_field(cookie.domain) && is_one_field(cookie.path) &&
                             is_one_field(cookie.name) && is_one_field(cookie.value);
    if (!fits_a_line) continue;
    std::string line(cookie.http_only ? kHttpOnly : "");
    line +=
        (with_subdomains ? "." : "") + cookie.domain + (with_subdomains ? "\tTRUE\t" : "\tFALSE\t");
    line += cookie.path + (cookie.secure ? "\tTRUE\t" : "\tFALSE\t");
    line += std::to_string(std::min(cookie.expires.value_or(0), kLatest)) + '\t';
    line += cookie.name + '\t' + cookie.value + '\n';
    if (text.size() + line.size() > kMostCookieFile) break;
    text += line;
  }
  return text;
}

}  // namespace crawld::fetch
