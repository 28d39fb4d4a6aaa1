#include "crawler/robots/utf16.h"

#include <cstddef>
#include <cstdint>

#include "crawler/base/utf8.h"

namespace crawld::robots {
namespace {

bool is_lead(std::uint32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool is_trail(std::uint32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

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
      base::append_utf8(out, 0x10000 + ((here - 0xD800) << 10) + (next - 0xDC00));
      at += 2;
    } else {
      base::append_utf8(out, here);  // U+FFFD for half a pair
    }
  }
  return out;
}

}  // namespace crawld::robots
