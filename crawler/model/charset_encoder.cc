#include "crawler/model/charset_encoder.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace crawld::model {
namespace {

Octets two(std::uint32_t lead, std::uint32_t trail) {
  return {{static_cast<char>(lead), static_cast<char>(trail)}, 2};
}

// Which place counts where a code point has several.
enum class Place : std::uint8_t { first, last };

// From code points to pointers: an index turned round.
class Pointers {
 public:
  // Without the pointers from `skipped_from` up to `skipped_to`.
  explicit Pointers(const CharsetIndex& index, std::uint32_t skipped_from = 0,
                    std::uint32_t skipped_to = 0) {
    for (std::uint32_t pointer = 0; pointer < index.size(); ++pointer) {
      if (pointer >= skipped_from && pointer < skipped_to) continue;
      if (const char32_t c = index.at(pointer); c != 0) pointers_.push_back({c, pointer});
    }
    std::stable_sort(pointers_.begin(), pointers_.end(), before);
  }

  std::optional<std::uint32_t> of(char32_t c, Place place = Place::first) const {
    const auto [first, end] =
        std::equal_range(pointers_.begin(), pointers_.end(), Found{c, 0}, before);
    if (first == end) return std::nullopt;
    return (place == Place::first ? first : std::prev(end))->pointer;
  }

 private:
  struct Found {
    char32_t code_point;
    std::uint32_t pointer;
  };
  static bool before(const Found& a, const Found& b) { return a.code_point < b.code_point; }

  std::vector<Found> pointers_;  // in order; of one code point in the order of the index
};

Octets encode_single_byte(char32_t c, const SingleByteIndex* index) {
  const auto found = std::find(index->begin(), index->end(), c);
  if (found == index->end()) return {};
  return {{static_cast<char>(0x80 + (found - index->begin()))}, 1};
}

// What GB18030-2005 had at two bytes before it moved to characters of their own (10.2.2).
constexpr std::pair<char32_t, std::uint16_t> kMovedGb18030[] = {
    {0xE78D, 0xA6D9}, {0xE78E, 0xA6DA}, {0xE78F, 0xA6DB}, {0xE790, 0xA6DC}, {0xE791, 0xA6DD},
    {0xE792, 0xA6DE}, {0xE793, 0xA6DF}, {0xE794, 0xA6EC}, {0xE795, 0xA6ED}, {0xE796, 0xA6F3},
    {0xE81E, 0xFE59}, {0xE826, 0xFE61}, {0xE82B, 0xFE66}, {0xE82C, 0xFE67}, {0xE832, 0xFE6D},
    {0xE843, 0xFE7E}, {0xE854, 0xFE90}, {0xE864, 0xFEA0}};

Octets encode_gb_pair(char32_t c) {
  static const Pointers pointers(gb18030_index());
  if (c == 0xE5E5) return {};
  for (const auto& [moved, bytes] : kMovedGb18030) {
    if (c == moved) return two(bytes >> 8, bytes & 0xFF);
  }
  const auto pointer = pointers.of(c);
  if (!pointer) return {};
  const std::uint32_t trail = *pointer % 190;
  return two(0x81 + *pointer / 190, trail + (trail < 0x3F ? 0x40 : 0x41));
}

Octets encode_gbk(char32_t c, const SingleByteIndex* /*single*/) {
  return c == 0x20AC ? Octets{{'\x80'}, 1} : encode_gb_pair(c);
}

Octets encode_gb18030(char32_t c, const SingleByteIndex* /*single*/) {
  const Octets pair = encode_gb_pair(c);
  if (pair.size > 0 || c == 0xE5E5) return pair;
  const std::uint32_t pointer = gb18030_ranges_pointer(c);
  return {
      {static_cast<char>(0x81 + pointer / 12'600), static_cast<char>(0x30 + pointer / 1'260 % 10),
       static_cast<char>(0x81 + pointer / 10 % 126), static_cast<char>(0x30 + pointer % 10)},
      4};
}

Octets encode_big5(char32_t c, const SingleByteIndex* /*single*/) {
  // Hong Kong's extensions in front of 0xA1 are for decoding only (11.1.2).
  static const Pointers pointers(big5_index(), 0, (0xA1 - 0x81) * 157);
  constexpr char32_t kLastCounts[] = {0x2550, 0x255E, 0x2561, 0x256A, 0x5341, 0x5345};
  const bool last =
      std::find(std::begin(kLastCounts), std::end(kLastCounts), c) != std::end(kLastCounts);
  const auto pointer = pointers.of(c, last ? Place::last : Place::first);
  if (!pointer) return {};
  const std::uint32_t trail = *pointer % 157;
  return two(0x81 + *pointer / 157, trail + (trail < 0x3F ? 0x40 : 0x62));
}

Octets encode_euc_kr(char32_t c, const SingleByteIndex* /*single*/) {
  static const Pointers pointers(euc_kr_index());
  const auto pointer = pointers.of(c);
  if (!pointer) return {};
  return two(0x81 + *pointer / 190, 0x41 + *pointer % 190);
}

bool is_half_katakana(char32_t c) { return c >= 0xFF61 && c <= 0xFF9F; }

// JIS X 0212 is for decoding only (12.1.2).
Octets encode_euc_jp(char32_t c, const SingleByteIndex* /*single*/) {
  if (c == 0xA5) return {{'\x5C'}, 1};
  if (c == 0x203E) return {{'\x7E'}, 1};
  if (is_half_katakana(c)) return two(0x8E, c - 0xFF61 + 0xA1);
  const auto pointer = jis0208_pointer(c == 0x2212 ? 0xFF0D : c);
  if (!pointer) return {};
  return two(0xA1 + *pointer / 94, 0xA1 + *pointer % 94);
}

Octets encode_shift_jis(char32_t c, const SingleByteIndex* /*single*/) {
  // "Index Shift_JIS pointer" leaves NEC's choice of IBM's extensions out.
  static const Pointers pointers(jis0208_index(), 8'272, 8'836);
  if (c == 0x80 || c == 0xA5) return {{c == 0x80 ? '\x80' : '\x5C'}, 1};
  if (c == 0x203E) return {{'\x7E'}, 1};
  if (is_half_katakana(c)) return {{static_cast<char>(c - 0xFF61 + 0xA1)}, 1};
  const auto pointer = pointers.of(c == 0x2212 ? 0xFF0D : c);
  if (!pointer) return {};
  const std::uint32_t lead = *pointer / 188;
  const std::uint32_t trail = *pointer % 188;
  return two(lead + (lead < 0x1F ? 0x81 : 0xC1), trail + (trail < 0x3F ? 0x40 : 0x41));
}

Octets encode_user_defined(char32_t c, const SingleByteIndex* /*single*/) {
  if (c < 0xF780 || c > 0xF7FF) return {};
  return {{static_cast<char>(c - 0xF700)}, 1};
}

}  // namespace

std::optional<CharsetEncoder> CharsetEncoder::find(std::string_view encoding) {
  constexpr std::pair<std::string_view, Encode> kEncoders[] = {
      {"gbk", encode_gbk},
      {"gb18030", encode_gb18030},
      {"big5", encode_big5},
      {"euc-kr", encode_euc_kr},
      {"euc-jp", encode_euc_jp},
      {"shift_jis", encode_shift_jis},
      {"x-user-defined", encode_user_defined}};
  for (const auto& [name, encode] : kEncoders) {
    if (name == encoding) return CharsetEncoder(encode, nullptr);
  }
  const SingleByteIndex* single = single_byte_index(encoding);
  if (single == nullptr) return std::nullopt;
  return CharsetEncoder(encode_single_byte, single);
}

std::optional<std::uint32_t> jis0208_pointer(char32_t c) {
  static const Pointers pointers(jis0208_index());
  return pointers.of(c);
}

}  // namespace crawld::model
