#include "crawler/base/escape.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "crawler/base/utf8.h"

namespace crawld::base {
namespace {

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
    const auto [size, whole] = utf8_sequence(text);
    if (whole) {
      on_sequence(text.substr(0, size));
      text.remove_prefix(size);
    } else {
      on_broken();
      text.remove_prefix(1);
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
    out += kReplacementCharacter;
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
      [&] { out += kReplacementCharacter; });
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
    const auto [size, whole] = utf8_sequence(text.substr(at));
    const std::string_view sequence = text.substr(at, whole ? size : 1);
    const bool as_it_is = whole && sequence != "\"" && sequence != "\\" && !is_control(sequence);
    if (!as_it_is) {
      out += text.substr(run, at - run);
      append_escaped(out, whole ? sequence : std::string_view());
      run = at + sequence.size();
    }
    at += sequence.size();
  }
  out += text.substr(run);
}

}  // namespace crawld::base
