#include "crawler/robots/utf16.h"

#include <cstddef>
#include <cstdint>

namespace crawld::robots {
namespace {

constexpr std::uint32_t kReplacement = 0xFFFD;

bool is_lead(std::uint32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool is_trail(std::uint32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

void append_utf8(std::string& out, std::uint32_t c) {
  const auto add = [&](std::uint32_t octet) { out += static_cast<char>(octet); };
  if (c < 0x80) return add(c);
  if (c >= 0x10000) add(0xF0 | (c >> 18));
  if (c >= 0x10000) add(0x80 | ((c >> 12) & 0x3F));
  if (c >= 0x800 && c < 0x10000) add(0xE0 | (c >> 12));
  if (c >= 0x800) add(0x80 | ((c >> 6) & 0x3F));
  if (c < 0x800) add(0xC0 | (c >> 6));
  add(0x80 | (c & 0x3F));
}

}  // namespace

std::optional<std::string> from_utf16(std::string_view text) {
  const bool little = text.starts_with("\xFF\xFE");
  if (!little && !text.starts_with("\xFE\xFF")) return std::nullopt;
  const auto unit = [&](std::size_t at) -> std::uint32_t {
    const std::uint32_t first = static_cast<std::uint8_t>(text[at]);
    const std::uint32_t second = static_cast<std::uint8_t>(text[at + 1]);
    return little ? first | (second << 8) : second | (first << 8);
  };
  std::string out;
  for (std::size_t at = 2; at + 1 < text.size(); at += 2) {
    const std::uint32_t here = unit(at);
    const std::uint32_t next = at + 3 < text.size() ? unit(at + 2) : 0;
    if (is_lead(here) && is_trail(next)) {
      append_utf8(out, 0x10000 + ((here - 0xD800) << 10) + (next - 0xDC00));
      at += 2;
    } else {
      append_utf8(out, is_lead(here) || is_trail(here) ? kReplacement : here);
    }
  }
  return out;
}

}  // namespace crawld::robots
