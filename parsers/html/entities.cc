#include "parsers/html/entities.h"

#include <array>
#include <cstdint>

#include "crawler/base/ascii.h"
#include "crawler/base/utf8.h"
#include "parsers/html/entities_table.h"

namespace crawld::parsers {
namespace {

using base::is_ascii_alpha;
using base::is_ascii_digit;

// HTML 13.2.5.80: numbers 0x80 to 0x9F mean windows-1252 there. 0 where it has no character.
constexpr std::array<char16_t, 32> kWindows1252 = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

char32_t numeric_meaning(char32_t code) {
  if (code == 0 || !base::is_scalar_value(code)) return base::kReplacementCodePoint;
  if (code >= 0x80 && code <= 0x9F && kWindows1252[code - 0x80] != 0) {
    return kWindows1252[code - 0x80];
  }
  return code;
}

std::size_t append_numeric(std::string_view input, std::string& out) {
  std::size_t at = 2;
  int radix = 10;
  if (at < input.size() && (input[at] | 0x20) == 'x') {
    radix = 16;
    ++at;
  }
  const std::size_t first = at;
  char32_t code = 0;
  for (; at < input.size(); ++at) {
    const int digit = base::hex_value(input[at]);
    if (digit < 0 || digit >= radix) break;
    if (code <= 0x10FFFF) code = code * static_cast<char32_t>(radix) + static_cast<char32_t>(digit);
  }
  if (at == first) return 0;
  base::append_utf8(out, numeric_meaning(code));
  return at < input.size() && input[at] == ';' ? at + 1 : at;
}

std::string_view name_of(std::size_t index) {
  return {kEntityNames + kEntityNameAt[index],
          static_cast<std::size_t>(kEntityNameAt[index + 1] - kEntityNameAt[index])};
}

// Where the names that begin with each byte start; one past the end for the last.
std::array<std::uint16_t, 129> index_first_bytes() {
  std::array<std::uint16_t, 129> first{};
  std::uint16_t entity = 0;
  for (unsigned byte = 0; byte < 128; ++byte) {
    while (entity < kEntityCount && static_cast<unsigned char>(name_of(entity)[0]) < byte) ++entity;
    first[byte] = entity;
  }
  first[128] = kEntityCount;
  return first;
}

struct Range {
  std::size_t begin;
  std::size_t end;
};

// The part of `range`, whose names agree before `depth`, with `byte` at `depth`.
Range narrow(Range range, std::size_t depth, char byte) {
  const auto below = [&](std::size_t index, int limit) {
    const std::string_view name = name_of(index);
    return depth >= name.size() || static_cast<unsigned char>(name[depth]) < limit;
  };
  const auto first_not_below = [&](int limit) {
    std::size_t low = range.begin;
    std::size_t high = range.end;
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      if (below(middle, limit))
        low = middle + 1;
      else
        high = middle;
    }
    return low;
  };
  const int value = static_cast<unsigned char>(byte);
  return {first_not_below(value), first_not_below(value + 1)};
}

struct Match {
  std::size_t entity = 0;
  std::size_t length = 0;  // of the name; 0: none
};

// The longest name that `text` begins with.
Match longest_name(std::string_view text) {
  static const std::array<std::uint16_t, 129> kFirst = index_first_bytes();
  Match best;
  const auto byte = static_cast<unsigned char>(text[0]);
  Range range{kFirst[byte], kFirst[byte + 1]};
  for (std::size_t depth = 1; range.begin < range.end; ++depth) {
    // A name that ends here sorts before those that go on.
    if (name_of(range.begin).size() == depth) best = {range.begin, depth};
    if (depth == text.size() || static_cast<unsigned char>(text[depth]) >= 128) break;
    range = narrow(range, depth, text[depth]);
  }
  return best;
}

// Most references of most pages, spared the search.
struct Frequent {
  std::string_view written;
  std::string_view meaning;
};
constexpr Frequent kFrequent[] = {
    {"&amp;", "&"}, {"&nbsp;", "\xC2\xA0"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}};

std::size_t append_named(std::string_view input, ReferenceIn where, std::string& out) {
  const Match match = longest_name(input.substr(1));
  if (match.length == 0) return 0;
  const std::size_t end = 1 + match.length;
  // 13.2.5.73: "?a=b&copy=1" in an attribute is a query, not a copyright sign.
  if (where == ReferenceIn::attribute && input[end - 1] != ';' && end < input.size()) {
    const char next = input[end];
    if (next == '=' || is_ascii_alpha(next) || is_ascii_digit(next)) return 0;
  }
  out.append(kEntityValues + kEntityValueAt[match.entity],
             kEntityValues + kEntityValueAt[match.entity + 1]);
  return end;
}

}  // namespace

std::size_t append_reference(std::string_view input, ReferenceIn where, std::string& out) {
  if (input.size() < 2) return 0;
  if (input[1] == '#') return append_numeric(input, out);
  if (!is_ascii_alpha(input[1])) return 0;
  for (const Frequent& frequent : kFrequent) {
    if (!input.starts_with(frequent.written)) continue;
    out += frequent.meaning;
    return frequent.written.size();
  }
  return append_named(input, where, out);
}

}  // namespace crawld::parsers
