// Attribute values as lists and words: white space of HTML, letters of ASCII.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace crawld::parsers {

constexpr std::string_view kHtmlSpace = " \t\n\r\f";

inline std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (auto& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

inline std::string_view trim_space(std::string_view text) {
  const auto first = text.find_first_not_of(kHtmlSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kHtmlSpace) - first + 1);
}

inline std::vector<std::string_view> space_separated(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(kHtmlSpace), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

inline bool has_word(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const auto end = std::min(list.find_first_of(kHtmlSpace), list.size());
    if (list.substr(0, end) == word) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

}  // namespace crawld::parsers
