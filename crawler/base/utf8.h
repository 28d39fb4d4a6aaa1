// UTF-8 written, checked and repaired (RFC 3629).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace crawld::base {

// U+FFFD, as bytes and as a number: what stands for a character that cannot be read.
inline constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";
inline constexpr char32_t kReplacementCodePoint = 0xFFFD;

// What UTF-8 can write: no surrogate, at most U+10FFFF.
constexpr bool is_scalar_value(char32_t c) { return c < 0xD800 || (c > 0xDFFF && c <= 0x10FFFF); }

// `c`, and U+FFFD in place of what is no scalar value.
void append_utf8(std::string& out, char32_t c);

struct Utf8Sequence {
  std::size_t size;  // bytes of the sequence, or of the broken part of one; > 0
  bool whole;
};

// What stands at the front of `bytes`, which is not empty.
Utf8Sequence utf8_sequence(std::string_view bytes);

// How many bytes at the front of `bytes` are well-formed UTF-8.
std::size_t utf8_prefix(std::string_view bytes);

// All of it: no surrogates, no overlong forms, nothing above U+10FFFF.
bool is_utf8(std::string_view bytes);

// How many bytes at the front of `bytes` are ASCII.
std::size_t ascii_prefix(std::string_view bytes);

// The UTF-8 decoder of https://encoding.spec.whatwg.org/#utf-8-decoder: each
// maximal part of a broken sequence becomes one U+FFFD. Valid input is copied.
std::string repaired_utf8(std::string_view bytes);

}  // namespace crawld::base
