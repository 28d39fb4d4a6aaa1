#include <array>
#include <cstdio>
#include <vector>

#include "crawler/base/ascii.h"
#include "parsers/main_text/metadata.h"
#include "parsers/text/date_names.h"

namespace crawld::parsers {
namespace {

constexpr std::size_t kLongestDate = 96;  // bytes looked at

struct Token {
  bool number = false;
  int value = 0;  // of a number; month of a word, 0: none
  int digits = 0;
  char before = 0;  // the character in front
};

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> tokens;
  for (std::size_t i = 0; i < text.size();) {
    const auto start = i;
    Token token;
    token.before = i == 0 ? ' ' : text[i - 1];
    if (base::is_ascii_digit(text[i])) {
      while (i < text.size() && base::is_ascii_digit(text[i])) {
        if (token.digits++ < 8) token.value = token.value * 10 + (text[i] - '0');
        ++i;
      }
      token.number = true;
      tokens.push_back(token);
    } else if (is_letter(text[i])) {
      while (i < text.size() && is_letter(text[i])) ++i;
      token.value = month_in_any_language(text.substr(start, i - start)).value_or(0);
      if (token.value != 0) tokens.push_back(token);
    } else {
      ++i;
    }
  }
  return tokens;
}

struct Day {
  int year = 0;
  int month = 0;
  int day = 0;
};

bool valid(const Day& d) {
  constexpr std::array<int, 12> kDays = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return d.year >= 1900 && d.year <= 2100 && d.month >= 1 && d.month <= 12 && d.day >= 1 &&
         d.day <= kDays[static_cast<std::size_t>(d.month - 1)];
}

// Three tokens in any of the usual orders.
Day day_of(const Token& a, const Token& b, const Token& c) {
  if (a.number && b.number && c.number) {
    if (a.digits == 4) return {a.value, b.value, c.value};
    if (c.digits != 4) return {};
    const bool month_first = b.before == '/' && a.value <= 12;
    if (month_first) return {c.value, a.value, b.value};
    return {c.value, b.value, a.value};
  }
  if (!b.number && a.number && c.number && c.digits == 4) return {c.value, b.value, a.value};
  if (!a.number && b.number && c.number && c.digits == 4) return {c.value, a.value, b.value};
  if (!b.number && a.number && a.digits == 4 && c.number) return {a.value, b.value, c.value};
  return {};
}

std::string format(const Day& day) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02d", day.year, day.month, day.day);
  return text.data();
}

// "T10:00:00Z" and "+01:00" as they stand in an ISO date, or the clock time of others.
std::string time_of(std::string_view rest) {
  std::size_t at = 0;
  while (at < rest.size() && !base::is_ascii_digit(rest[at])) ++at;
  std::size_t end = at;
  while (end < rest.size() && (base::is_ascii_digit(rest[end]) || rest[end] == ':')) ++end;
  const auto clock = rest.substr(at, end - at);
  const bool full = clock.size() == 8 && clock[2] == ':' && clock[5] == ':';
  const bool brief = clock.size() == 5 && clock[2] == ':';
  if (!full && !brief) return {};
  if (clock.substr(0, 2) > "23" || clock.substr(3, 2) > "59") return {};
  std::string out = "T" + std::string(clock);
  if (brief) out += ":00";
  if (end < rest.size() && rest[end] == '.') {
    ++end;
    while (end < rest.size() && base::is_ascii_digit(rest[end])) ++end;
  }
  while (end < rest.size() && rest[end] == ' ') ++end;
  const auto zone = rest.substr(end);
  if (zone.starts_with("Z") || zone.starts_with("GMT") || zone.starts_with("UTC")) return out + "Z";
  if (zone.size() < 5 || (zone[0] != '+' && zone[0] != '-')) return out;
  const bool colon = zone[3] == ':' && zone.size() >= 6;
  const auto hours = zone.substr(1, 2);
  const auto minutes = zone.substr(colon ? 4 : 3, 2);
  for (const char c : {hours[0], hours[1], minutes[0], minutes[1]}) {
    if (!base::is_ascii_digit(c)) return out;
  }
  return out + zone[0] + std::string(hours) + ":" + std::string(minutes);
}

// "20191118" at the front.
Day compact_day(const Token& token) {
  if (!token.number || token.digits != 8) return {};
  return {token.value / 10000, token.value / 100 % 100, token.value % 100};
}

// Where the time of day may begin: after the year, and after an ISO date's day.
std::size_t after_date(std::string_view text, int year) {
  const auto at = text.find(std::to_string(year));
  if (at == std::string_view::npos) return text.size();
  const auto rest = text.substr(at + 4);
  const bool iso = rest.size() >= 6 && (rest[0] == '-' || rest[0] == '/' || rest[0] == '.') &&
                   base::is_ascii_digit(rest[1]);
  if (!iso) return at + 4;
  auto end = at + 4;
  for (int part = 0; part < 2 && end < text.size(); ++part) {
    ++end;
    while (end < text.size() && base::is_ascii_digit(text[end])) ++end;
  }
  return end;
}

}  // namespace

std::string date_to_iso8601(std::string_view text) {
  text = text.substr(0, kLongestDate);
  const auto tokens = tokens_of(text);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (const auto day = compact_day(tokens[i]); valid(day)) return format(day);
    if (i + 2 >= tokens.size()) continue;
    const auto day = day_of(tokens[i], tokens[i + 1], tokens[i + 2]);
    if (!valid(day)) continue;
    return format(day) + time_of(text.substr(after_date(text, day.year)));
  }
  if (tokens.size() == 2 && tokens[0].digits == 4 && tokens[1].number && tokens[1].digits == 2 &&
      tokens[1].before == '-' && valid({tokens[0].value, tokens[1].value, 1})) {
    return format({tokens[0].value, tokens[1].value, 1}).substr(0, 7);
  }
  return {};
}

}  // namespace crawld::parsers
