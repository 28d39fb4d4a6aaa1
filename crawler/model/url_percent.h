// Percent-encoding: the sets of the URL standard (1.3) as bits of one table.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "crawler/base/ascii.h"

namespace crawld::model {

// Each bit is one percent-encode set, or one class of forbidden host code points.
enum class CharSet : std::uint8_t {
  c0_control = 1,
  fragment = 2,
  query = 4,
  special_query = 8,
  path = 16,
  userinfo = 32,
  forbidden_host = 64,
  forbidden_domain = 128,
};

namespace detail {

constexpr bool is_one_of(unsigned c, std::string_view set) {
  return c < 0x80 && set.find(static_cast<char>(c)) != std::string_view::npos;
}

constexpr std::uint8_t sets_of(unsigned c) {
  const auto bit = [](CharSet set) { return static_cast<std::uint8_t>(set); };
  const bool c0 = c < 0x20 || c > 0x7E;
  const bool query = c0 || is_one_of(c, " \"#<>");
  const bool path = query || is_one_of(c, "?^`{}");
  const bool host = c == 0 || is_one_of(c, "\t\n\r #/:<>?@[\\]^|");
  const bool domain = host || c < 0x20 || c == '%' || c == 0x7F;
  std::uint8_t sets = 0;
  if (c0) sets |= bit(CharSet::c0_control);
  if (c0 || is_one_of(c, " \"<>`")) sets |= bit(CharSet::fragment);
  if (query) sets |= bit(CharSet::query);
  if (query || c == '\'') sets |= bit(CharSet::special_query);
  if (path) sets |= bit(CharSet::path);
  if (path || is_one_of(c, "/:;=@[\\]|")) sets |= bit(CharSet::userinfo);
  if (host) sets |= bit(CharSet::forbidden_host);
  if (domain) sets |= bit(CharSet::forbidden_domain);
  return sets;
}

constexpr std::array<std::uint8_t, 256> make_sets() {
  std::array<std::uint8_t, 256> table{};
  for (unsigned c = 0; c < table.size(); ++c) table[c] = sets_of(c);
  return table;
}

inline constexpr std::array<std::uint8_t, 256> kSets = make_sets();

}  // namespace detail

inline bool is_in(char c, CharSet set) {
  return (detail::kSets[static_cast<std::uint8_t>(c)] & static_cast<std::uint8_t>(set)) != 0;
}

// True when any octet of `text` is in `set`.
bool contains_any(std::string_view text, CharSet set);

// Appends `text` to `out`, octets of `set` as %XX. Octets that are no UTF-8 are
// encoded as they stand, so a Location header in Latin-1 keeps its meaning.
void append_encoded(std::string& out, std::string_view text, CharSet set);

void append_percent(std::string& out, std::uint8_t octet);

// The octet that the triplet at `at` stands for, or -1 when there is none.
constexpr int percent_octet(std::string_view text, std::size_t at) {
  if (at + 2 >= text.size() || text[at] != '%') return -1;
  const int high = base::hex_value(text[at + 1]);
  const int low = base::hex_value(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

// Every triplet decoded; a % that starts none stays.
std::string percent_decode(std::string_view text);

}  // namespace crawld::model
