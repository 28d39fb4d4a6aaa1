// Attribute values as lists and words: white space of HTML, letters of ASCII.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/base/ascii.h"

namespace crawld::parsers {

inline std::vector<std::string_view> space_separated(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(base::kAsciiSpace), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

inline bool has_word(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const auto end = std::min(list.find_first_of(base::kAsciiSpace), list.size());
    if (list.substr(0, end) == word) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

}  // namespace crawld::parsers
