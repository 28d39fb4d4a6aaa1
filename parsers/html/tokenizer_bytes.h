// Looks at single bytes of HTML, for the tokenizer's own files.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>

#include "crawler/base/sixteen_bytes.h"

namespace crawld::parsers {

inline constexpr std::size_t kNone = std::string_view::npos;

inline bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

inline char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

inline bool begins_with_any_case(std::string_view text, std::string_view lower_case) {
  if (text.size() < lower_case.size()) return false;
  for (std::size_t i = 0; i < lower_case.size(); ++i) {
    if (lower(text[i]) != lower_case[i]) return false;
  }
  return true;
}

inline std::size_t find(std::string_view text, char c, std::size_t from) {
  if (from >= text.size()) return kNone;
  const void* hit = std::memchr(text.data() + from, c, text.size() - from);
  return hit == nullptr ? kNone
                        : static_cast<std::size_t>(static_cast<const char*>(hit) - text.data());
}

// The same where the answer is mostly near, which a call costs more than to find.
inline std::size_t find_near(std::string_view text, char c, std::size_t from) {
  using base::SixteenBytes;
  constexpr std::size_t kNear = 64;
  if (from + kNear > text.size()) return find(text, c, from);
  for (std::size_t at = from; at < from + kNear; at += SixteenBytes::kSize) {
    const std::uint32_t hits = SixteenBytes(text.data() + at).equal(c).bits();
    if (hits != 0) return at + static_cast<std::size_t>(std::countr_zero(hits));
  }
  return find(text, c, from + kNear);
}

}  // namespace crawld::parsers
