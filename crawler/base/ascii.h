// ASCII-only character work: no locale, bytes above 0x7F are never letters.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace crawld::base {

// ASCII white space of the web's standards (Infra 4.6): tab, LF, FF, CR, space.
inline constexpr std::string_view kAsciiSpace = "\t\n\f\r ";

constexpr bool is_ascii_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}
constexpr bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_ascii_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
// 0..15, or -1 when `c` is no hexadecimal digit.
constexpr int hex_value(char c) {
  if (is_ascii_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}
constexpr bool is_ascii_hex_digit(char c) { return hex_value(c) >= 0; }

constexpr bool is_ascii_alphanumeric(char c) { return is_ascii_digit(c) || is_ascii_alpha(c); }
constexpr char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

inline std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = ascii_lower(c);
  return out;
}

constexpr bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return ascii_lower(x) == ascii_lower(y);
         });
}

constexpr bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  return equals_ignoring_case(text.substr(0, prefix.size()), prefix);
}

constexpr std::string_view trim_right(std::string_view text,
                                      std::string_view spaces = kAsciiSpace) {
  return text.substr(0, text.find_last_not_of(spaces) + 1);
}

constexpr std::string_view trim(std::string_view text, std::string_view spaces = kAsciiSpace) {
  text = trim_right(text, spaces);
  return text.substr(std::min(text.find_first_not_of(spaces), text.size()));
}

}  // namespace crawld::base
