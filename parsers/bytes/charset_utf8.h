// UTF-8 written, checked and repaired.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "crawler/base/escape.h"

namespace crawld::parsers {

using base::ascii_prefix;

inline constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";

// Needs: `c` is a scalar value (no surrogate, at most U+10FFFF).
void append_utf8(std::string& out, char32_t c);

// How many bytes at the front of `bytes` are well-formed UTF-8.
std::size_t utf8_prefix(std::string_view bytes);

// The UTF-8 decoder of https://encoding.spec.whatwg.org/#utf-8-decoder: each
// maximal part of a broken sequence becomes one U+FFFD. Valid input is copied.
std::string repaired_utf8(std::string_view bytes);

}  // namespace crawld::parsers
