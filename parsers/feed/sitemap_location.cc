#include "parsers/feed/sitemap_location.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace crawld::parsers {
namespace {

constexpr std::size_t kMaxLocation = 8 << 10;

// U+0085, U+00A0, U+1680, U+2000 to U+200D, U+2028, U+2029, U+202F, U+205F, U+3000, U+FEFF.
constexpr std::string_view kSpaces[] = {
    "\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF",
    "\xE2\x81\x9F", "\xE3\x80\x80", "\xEF\xBB\xBF", "\xE2\x80\x80", "\xE2\x80\x81", "\xE2\x80\x82",
    "\xE2\x80\x83", "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86", "\xE2\x80\x87", "\xE2\x80\x88",
    "\xE2\x80\x89", "\xE2\x80\x8A", "\xE2\x80\x8B", "\xE2\x80\x8C", "\xE2\x80\x8D"};

bool is_control_or_space(char c) { return static_cast<std::uint8_t>(c) <= 0x20; }

std::size_t space_at_front(std::string_view text) {
  if (text.empty()) return 0;
  if (is_control_or_space(text.front())) return 1;
  for (const std::string_view space : kSpaces) {
    if (text.starts_with(space)) return space.size();
  }
  return 0;
}

std::size_t space_at_back(std::string_view text) {
  if (text.empty()) return 0;
  if (is_control_or_space(text.back())) return 1;
  for (const std::string_view space : kSpaces) {
    if (text.ends_with(space)) return space.size();
  }
  return 0;
}

}  // namespace

std::string_view trim_unicode(std::string_view text) {
  while (const std::size_t size = space_at_front(text)) text.remove_prefix(size);
  while (const std::size_t size = space_at_back(text)) text.remove_suffix(size);
  return text;
}

std::string absolute_location(std::string_view written, const std::optional<model::Url>& base) {
  written = trim_unicode(written);
  if (written.empty() || written.size() > kMaxLocation) return {};
  const auto url = base ? base->resolve(written) : model::Url::parse(written);
  if (!url || !url->crawlable() || url->href().size() > kMaxLocation) return {};
  return url->href();
}

}  // namespace crawld::parsers
