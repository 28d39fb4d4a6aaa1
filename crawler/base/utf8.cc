#include "crawler/base/utf8.h"

#include <bit>
#include <cstdint>

#include "crawler/base/sixteen_bytes.h"

namespace crawld::base {
// The bounds of the second byte shut out overlong forms, surrogates and what is over U+10FFFF.
Utf8Sequence utf8_sequence(std::string_view bytes) {
  const auto lead = static_cast<std::uint8_t>(bytes[0]);
  if (lead < 0x80) return {1, true};
  if (lead < 0xC2 || lead > 0xF4) return {1, false};
  const std::size_t needed = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  std::uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  std::uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  for (std::size_t i = 1; i < needed; ++i) {
    if (i == bytes.size()) return {i, false};
    const auto byte = static_cast<std::uint8_t>(bytes[i]);
    if (byte < low || byte > high) return {i, false};
    low = 0x80;
    high = 0xBF;
  }
  return {needed, true};
}

void append_utf8(std::string& out, char32_t c) {
  if (!is_scalar_value(c)) {
    out += kReplacementCharacter;
    return;
  }
  const auto tail = [&](int shift) { return static_cast<char>(0x80 | (c >> shift & 0x3F)); };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += {static_cast<char>(0xC0 | c >> 6), tail(0)};
  } else if (c < 0x10000) {
    out += {static_cast<char>(0xE0 | c >> 12), tail(6), tail(0)};
  } else {
    out += {static_cast<char>(0xF0 | c >> 18), tail(12), tail(6), tail(0)};
  }
}

std::size_t utf8_prefix(std::string_view bytes) {
  std::size_t at = ascii_prefix(bytes);
  while (at < bytes.size()) {
    const Utf8Sequence sequence = utf8_sequence(bytes.substr(at));
    if (!sequence.whole) break;
    at += sequence.size;
    if (sequence.size == 1) at += ascii_prefix(bytes.substr(at));
  }
  return at;
}

bool is_utf8(std::string_view bytes) { return utf8_prefix(bytes) == bytes.size(); }

std::size_t ascii_prefix(std::string_view bytes) {
  const auto odd = [&](std::size_t at) { return SixteenBytes(bytes.data() + at).beyond_ascii(); };
  std::size_t at = 0;
  for (; at + 64 <= bytes.size(); at += 64) {
    if ((odd(at) | odd(at + 16) | odd(at + 32) | odd(at + 48)).bits() != 0) break;
  }
  for (; at + 16 <= bytes.size(); at += 16) {
    const std::uint32_t bits = odd(at).bits();
    if (bits != 0) return at + static_cast<std::size_t>(std::countr_zero(bits));
  }
  while (at < bytes.size() && static_cast<std::uint8_t>(bytes[at]) < 0x80) ++at;
  return at;
}

std::string repaired_utf8(std::string_view bytes) {
  std::size_t good = utf8_prefix(bytes);
  if (good == bytes.size()) return std::string(bytes);
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 8);
  while (true) {
    out += bytes.substr(0, good);
    bytes.remove_prefix(good);
    if (bytes.empty()) return out;
    out += kReplacementCharacter;
    bytes.remove_prefix(utf8_sequence(bytes).size);
    good = utf8_prefix(bytes);
  }
}

}  // namespace crawld::base
