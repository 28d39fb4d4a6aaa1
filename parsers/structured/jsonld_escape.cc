#include "parsers/structured/jsonld_escape.h"

#include <cstdint>

#include "crawler/base/ascii.h"
#include "crawler/base/utf8.h"

namespace crawld::parsers {
namespace {

// Four hex digits at `at`, or -1.
int hex4(std::string_view text, std::size_t at) {
  if (at + 4 > text.size()) return -1;
  int value = 0;
  for (const char c : text.substr(at, 4)) {
    const int digit = base::hex_value(c);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

// Behind "\u".
std::size_t append_unicode(std::string_view text, std::size_t at, std::string& out) {
  const int unit = hex4(text, at);
  if (unit < 0) {
    out += 'u';
    return at;
  }
  at += 4;
  auto code = static_cast<std::uint32_t>(unit);
  if (code >= 0xD800 && code < 0xDC00 && text.substr(at, 2) == "\\u") {
    const int low = hex4(text, at + 2);
    if (low >= 0xDC00 && low < 0xE000) {
      code = 0x10000 + ((code - 0xD800) << 10) + (static_cast<std::uint32_t>(low) - 0xDC00);
      at += 6;
    }
  }
  base::append_utf8(out, code);
  return at;
}

}  // namespace

std::size_t append_unescaped(std::string_view text, std::size_t at, std::string& out) {
  if (at + 1 >= text.size()) return at + 1;
  const char c = text[at + 1];
  at += 2;
  switch (c) {
    case 'n':
      out += '\n';
      return at;
    case 't':
      out += '\t';
      return at;
    case 'r':
      out += '\r';
      return at;
    case 'b':
      out += '\b';
      return at;
    case 'f':
      out += '\f';
      return at;
    case 'u':
      return append_unicode(text, at, out);
    default:
      out += c;
      return at;
  }
}

}  // namespace crawld::parsers
