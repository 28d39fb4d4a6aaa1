#include "crawler/cli/output/json_text.h"

#include <algorithm>
#include <cstdio>

#include "crawler/base/escape.h"

namespace crawld::cli {
namespace {

struct Foreign {
  std::size_t size;  // bytes; 0: none stands there
  unsigned code_point;
};

// The DEL, C1 control, line separator or turn of direction at the start of `text`.
Foreign raw_control(std::string_view text) {
  if (text.front() == '\x7f') return {1, 0x7F};
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const bool c1 = text.size() > 1 && byte(0) == 0xC2 && byte(1) >= 0x80 && byte(1) <= 0x9F;
  if (c1) return {2, byte(1)};
  if (text.size() < 3 || byte(0) != 0xE2) return {0, 0};
  const bool separator_or_override = byte(1) == 0x80 && byte(2) >= 0xA8 && byte(2) <= 0xAE;
  const bool isolate = byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9;
  if (!separator_or_override && !isolate) return {0, 0};
  return {3, 0x2000U + ((byte(1) & 0x3FU) << 6U) + (byte(2) & 0x3FU)};
}

}  // namespace

std::string without_raw_controls(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  while (!json.empty()) {
    // First bytes of what raw_control() knows.
    const std::size_t plain = std::min(json.find_first_of("\x7f\xC2\xE2"), json.size());
    out += json.substr(0, plain);
    json.remove_prefix(plain);
    if (json.empty()) break;
    const auto [size, code_point] = raw_control(json);
    if (size == 0) {
      out += json.front();
      json.remove_prefix(1);
      continue;
    }
    char escaped[8];
    std::snprintf(escaped, sizeof escaped, "\\u%04x", code_point);
    out += escaped;
    json.remove_prefix(size);
  }
  return out;
}

std::string printable_lines(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\r\n\t"), text.size());
    out += base::printable(text.substr(0, end));
    if (end < text.size()) out += text[end];
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

}  // namespace crawld::cli
