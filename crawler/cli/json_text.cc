#include "crawler/cli/json_text.h"

#include <algorithm>
#include <cstdio>

#include "crawler/base/escape.h"

namespace crawld::cli {
namespace {

// The bytes of a DEL or C1 control at the start of `text`; 0: none stands there.
std::size_t raw_control(std::string_view text) {
  if (text.front() == '\x7f') return 1;
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const bool c1 = text.size() > 1 && byte(0) == 0xC2 && byte(1) >= 0x80 && byte(1) <= 0x9F;
  return c1 ? 2 : 0;
}

}  // namespace

std::string without_raw_controls(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  while (!json.empty()) {
    const std::size_t size = raw_control(json);
    if (size == 0) {
      out += json.front();
      json.remove_prefix(1);
      continue;
    }
    char escaped[8];
    std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned char>(json[size - 1]));
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
