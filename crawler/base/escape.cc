#include "crawler/base/escape.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "crawler/base/sixteen_bytes.h"

namespace crawld::base {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// The length of the well-formed UTF-8 sequence at the front of `text`, or 0.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const auto tail = [&](std::size_t i, std::uint8_t low = 0x80, std::uint8_t high = 0xBF) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return tail(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const std::uint8_t low = lead == 0xE0 ? 0xA0 : 0x80;
    const std::uint8_t high = lead == 0xED ? 0x9F : 0xBF;
    return tail(1, low, high) && tail(2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const std::uint8_t low = lead == 0xF0 ? 0x90 : 0x80;
    const std::uint8_t high = lead == 0xF4 ? 0x8F : 0xBF;
    return tail(1, low, high) && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

bool is_plain_in_json(char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; }

// Where the run of ASCII at `at` ends that JSON takes as it is.
std::size_t plain_end(std::string_view text, std::size_t at) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHighs = 0x8080808080808080;
  // The high bit of the lowest byte that is zero, and perhaps of others above it.
  const auto zeros = [](std::uint64_t x) { return (x - kOnes) & ~x; };
  for (std::uint64_t word = 0; at + sizeof word <= text.size(); at += sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    const std::uint64_t below_space = word - kOnes * 0x20;
    const std::uint64_t odd = word | below_space | zeros(word ^ (kOnes * '"')) |
                              zeros(word ^ (kOnes * '\\')) | zeros(word ^ (kOnes * 0x7F));
    if ((odd & kHighs) != 0) break;
  }
  while (at < text.size() && is_plain_in_json(text[at])) ++at;
  return at;
}

bool is_control(std::string_view sequence) {
  if (sequence.size() == 1) {
    const auto c = static_cast<std::uint8_t>(sequence[0]);
    return c < 0x20 || c == 0x7F;
  }
  return sequence.size() == 2 && sequence[0] == '\xC2' &&
         static_cast<std::uint8_t>(sequence[1]) < 0xA0;
}

// U+2028 to U+202E and U+2066 to U+2069: they break a line, or turn round what follows on it.
bool moves_text(std::string_view sequence) {
  if (sequence.size() != 3 || sequence[0] != '\xE2') return false;
  const auto last = static_cast<std::uint8_t>(sequence[2]);
  return (sequence[1] == '\x80' && last >= 0xA8 && last <= 0xAE) ||
         (sequence[1] == '\x81' && last >= 0xA6 && last <= 0xA9);
}

template <class OnSequence, class OnBroken>
void for_each_sequence(std::string_view text, OnSequence on_sequence, OnBroken on_broken) {
  while (!text.empty()) {
    const std::size_t n = sequence_length(text);
    if (n == 0) {
      on_broken();
      text.remove_prefix(1);
    } else {
      on_sequence(text.substr(0, n));
      text.remove_prefix(n);
    }
  }
}

void append_hex(std::string& out, const char* format, unsigned value) {
  std::array<char, 8> digits{};
  std::snprintf(digits.data(), digits.size(), format, value);
  out += digits.data();
}

// What stands in JSON for a character that cannot stand there; empty: for a broken byte.
void append_escaped(std::string& out, std::string_view sequence) {
  if (sequence.empty()) {
    out += kReplacement;
  } else if (sequence == "\"" || sequence == "\\") {
    out += '\\';
    out += sequence;
  } else if (sequence == "\n") {
    out += "\\n";
  } else if (sequence == "\t") {
    out += "\\t";
  } else {
    append_hex(out, "\\u%04x", static_cast<std::uint8_t>(sequence.back()));
  }
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for_each_sequence(
      text,
      [&](std::string_view sequence) {
        if (is_control(sequence)) {
          append_hex(out, "\\x%02x", static_cast<std::uint8_t>(sequence.back()));
        } else if (moves_text(sequence)) {
          const unsigned row = sequence[1] == '\x80' ? 0x2000 : 0x2040;
          append_hex(out, "\\u%04x", row + (static_cast<std::uint8_t>(sequence[2]) & 0x3F));
        } else {
          out += sequence;
        }
      },
      [&] { out += kReplacement; });
  return out;
}

std::string html_text(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else if (c == '\'')
      out += "&#39;";
    else
      out += c;
  }
  return out;
}

std::string json_string(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  out += '"';
  append_json_text(out, text);
  out += '"';
  return out;
}

// Copies runs: most texts need no escape at all.
void append_json_text(std::string& out, std::string_view text) {
  std::size_t run = 0;
  for (std::size_t at = 0; (at = plain_end(text, at)) < text.size();) {
    const std::size_t n = sequence_length(text.substr(at));
    const std::string_view sequence = text.substr(at, n == 0 ? 1 : n);
    const bool as_it_is = n != 0 && sequence != "\"" && sequence != "\\" && !is_control(sequence);
    if (!as_it_is) {
      out += text.substr(run, at - run);
      append_escaped(out, n == 0 ? std::string_view() : sequence);
      run = at + sequence.size();
    }
    at += sequence.size();
  }
  out += text.substr(run);
}

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

bool is_utf8(std::string_view text) {
  for (text.remove_prefix(ascii_prefix(text)); !text.empty();) {
    const std::size_t n = sequence_length(text);
    if (n == 0) return false;
    text.remove_prefix(n);
    if (n == 1) text.remove_prefix(ascii_prefix(text));
  }
  return true;
}

}  // namespace crawld::base
