#include "parsers/main_text/markdown_emphasis.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <vector>

namespace crawld::parsers {
namespace {

// What cannot be taken apart: a character, an escaped one, a hard break, an image.
struct Unit {
  std::size_t begin;
  std::int32_t first;  // its first character, and its last: of an image "!" and ")"
  std::int32_t last;
};

bool is_space(std::int32_t c) { return c <= ' ' || u_charType(c) == U_SPACE_SEPARATOR; }

// CommonMark 0.31 counts symbols as punctuation, 0.30 those of ASCII only: what is to be
// emphasized is held against the one, what is around it against the other.
bool is_punctuation_or_symbol(std::int32_t c) {
  return (U_GET_GC_MASK(c) & (U_GC_P_MASK | U_GC_S_MASK)) != 0;
}
bool sets_apart(std::int32_t c) {
  if (is_space(c)) return true;
  return c < 0x80 ? is_punctuation_or_symbol(c) : (U_GET_GC_MASK(c) & U_GC_P_MASK) != 0;
}

// One past the ")" of the image that starts at `at`.
std::size_t end_of_image(std::string_view text, std::size_t at) {
  const auto target = text.find("](", at);
  if (target == std::string_view::npos) return text.size();
  int open = 0;
  for (auto i = target + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '(') {
      ++open;
    } else if (text[i] == ')' && --open == 0) {
      return i + 1;
    }
  }
  return text.size();
}

// The character at `at`, which then stands behind it.
std::int32_t character_at(std::string_view text, std::size_t& at) {
  constexpr UChar32 kReplacement = 0xFFFD;
  UChar32 c = 0;
  U8_NEXT(text.data(), at, text.size(), c);
  return c < 0 ? kReplacement : c;
}

std::vector<Unit> units_of(std::string_view text) {
  std::vector<Unit> units;
  for (std::size_t at = 0; at < text.size();) {
    const auto begin = at;
    if (text.substr(at, 2) == "![") {
      at = end_of_image(text, at);
      units.push_back({begin, '!', ')'});
      continue;
    }
    if (text[at] == '\\' && at + 1 < text.size()) {
      at += 2;
      units.push_back({begin, text[begin + 1] == '\n' ? '\n' : '\\', text[begin + 1]});
      continue;
    }
    const auto c = character_at(text, at);
    units.push_back({begin, c, c});
  }
  return units;
}

}  // namespace

void append_emphasized(std::string_view text, std::string_view marks, Neighbours around,
                       std::string& out) {
  const auto units = units_of(text);
  const auto stays_outside = [](std::int32_t c, std::int32_t neighbour) {
    return is_space(c) || (is_punctuation_or_symbol(c) && !sets_apart(neighbour));
  };
  std::size_t first = 0;
  std::size_t end = units.size();
  for (; first < end && stays_outside(units[first].first, around.before); ++first) {
    around.before = units[first].last;
  }
  for (; first < end && stays_outside(units[end - 1].last, around.after); --end) {
    around.after = units[end - 1].first;
  }
  if (first == end) {
    out += text;
    return;
  }
  const auto begin = units[first].begin;
  const auto behind = end < units.size() ? units[end].begin : text.size();
  auto core = std::string(text.substr(begin, behind - begin));
  // A star between spaces is no mark, but here it would be one more of them.
  if (end - first > 1 && units[end - 1].first == '*') core.insert(core.size() - 1, 1, '\\');
  if (units[first].first == '*') core.insert(0, 1, '\\');
  out.append(text.substr(0, begin)).append(marks).append(core).append(marks);
  out.append(text.substr(behind));
}

std::int32_t first_character(std::string_view text) {
  const auto units = units_of(text.substr(0, 4));
  return units.empty() ? 0 : units.front().first;
}

std::int32_t last_character(std::string_view text) {
  const auto is_inside = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
  if (text.empty()) return 0;
  std::size_t at = text.size() - 1;
  while (at > 0 && text.size() - at < 4 && is_inside(text[at])) --at;
  return character_at(text, at);
}

}  // namespace crawld::parsers
