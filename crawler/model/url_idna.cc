#include "crawler/model/url_idna.h"

#include <unicode/uidna.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

#include "crawler/base/ascii.h"
#include "crawler/model/punycode.h"
#include "crawler/model/url_percent.h"

namespace crawld::model {
namespace {

constexpr std::size_t kMaxDomain = 2'048;

// With CheckHyphens and VerifyDnsLength off (beStrict = false) these are no errors.
constexpr std::uint32_t kTolerated = UIDNA_ERROR_EMPTY_LABEL | UIDNA_ERROR_LABEL_TOO_LONG |
                                     UIDNA_ERROR_DOMAIN_NAME_TOO_LONG | UIDNA_ERROR_LEADING_HYPHEN |
                                     UIDNA_ERROR_TRAILING_HYPHEN | UIDNA_ERROR_HYPHEN_3_4;

// Immutable once open, so every thread may share it; lives as long as the process.
const UIDNA* mapper() {
  static const UIDNA* const opened = [] {
    UErrorCode status = U_ZERO_ERROR;
    UIDNA* idna =
        uidna_openUTS46(UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII |
                            UIDNA_NONTRANSITIONAL_TO_UNICODE,
                        &status);
    return U_SUCCESS(status) ? idna : nullptr;
  }();
  return opened;
}

using CodePoints = std::vector<std::int32_t>;

// Code points that UTS 46 maps or ignores since Unicode 15.1, 16 and 17, while ICU 72
// still refuses them or, for U+1E9E, maps them otherwise. With a newer ICU the
// table changes nothing.
struct Remap {
  std::int32_t first;
  std::int32_t last;
  std::int32_t shift;  // kIgnored, or what to add
};
constexpr std::int32_t kIgnored = 0;
constexpr std::array kRemaps = {
    Remap{0x04C0, 0x04C0, 0x0F},
    Remap{0x10A0, 0x10C5, 0x1C60},
    Remap{0x115F, 0x1160, kIgnored},
    Remap{0x17B4, 0x17B5, kIgnored},
    Remap{0x180E, 0x180E, kIgnored},
    Remap{0x1E9E, 0x1E9E, 0xDF - 0x1E9E},
    Remap{0x2061, 0x2063, kIgnored},
    Remap{0x206A, 0x206F, kIgnored},
    Remap{0x2132, 0x2132, 0x1C},
    Remap{0x2183, 0x2183, 1},
    Remap{0x3164, 0x3164, kIgnored},
    Remap{0xA7CB, 0xA7CB, 0x264 - 0xA7CB},
    Remap{0xA7DC, 0xA7DC, 0x19B - 0xA7DC},
    Remap{0xFFA0, 0xFFA0, kIgnored},
    Remap{0xA7CC, 0xA7CC, 1},
    Remap{0xA7CE, 0xA7CE, 1},
    Remap{0xA7D2, 0xA7D2, 1},
    Remap{0xA7D4, 0xA7D4, 1},
    Remap{0xA7DA, 0xA7DA, 1},
    Remap{0xA7F1, 0xA7F1, 's' - 0xA7F1},
    Remap{0x16EA0, 0x16EB8, 0x1B},
    Remap{0x1C89, 0x1C89, 1},
    Remap{0x1CCD6, 0x1CCEF, 'a' - 0x1CCD6},
    Remap{0x1CCF0, 0x1CCF9, '0' - 0x1CCF0},
    Remap{0x1D173, 0x1D17A, kIgnored},
    Remap{0x2F868, 0x2F868, 0x36FC - 0x2F868},
    Remap{0x2F874, 0x2F874, 0x5F53 - 0x2F874},
    Remap{0x2F91F, 0x2F91F, 0x243AB - 0x2F91F},
    Remap{0x2F95F, 0x2F95F, 0x7AEE - 0x2F95F},
    Remap{0x2F9BF, 0x2F9BF, 0x45D7 - 0x2F9BF},
};

// Characters that Unicode has since 15.1 to 17 and UTS 46 takes as they are, unknown to
// ICU 72. All are letters, digits or symbols: no case, no marks, no joining, no
// decomposition. Most run left to right, the others (a hyphen, symbols) either way. All but the
// hyphen are judged as letters from left to right: at worst a symbol is refused within a label
// from right to left, or let begin one beside it. Left out are marks, letters from right to left,
// and scripts whose letters compose.
struct Range {
  std::int32_t first;
  std::int32_t last;
};
constexpr std::array kNewLetters = {
    Range{0x0C5C, 0x0C5C},   Range{0x0CDC, 0x0CDC},   Range{0x1806, 0x1806},
    Range{0x1B4E, 0x1B4F},   Range{0x1B7F, 0x1B7F},   Range{0x1C8A, 0x1C8A},
    Range{0x20C1, 0x20C1},   Range{0x2427, 0x2429},   Range{0x2B96, 0x2B96},
    Range{0x31E4, 0x31E5},   Range{0xA7CD, 0xA7CD},   Range{0xA7CF, 0xA7CF},
    Range{0xA7DB, 0xA7DB},   Range{0xFBC3, 0xFBD2},   Range{0xFD90, 0xFD91},
    Range{0xFDC8, 0xFDCE},   Range{0x10D6E, 0x10D6E}, Range{0x10ED0, 0x10ED8},
    Range{0x116D0, 0x116E3}, Range{0x11BC0, 0x11BE1}, Range{0x11BF0, 0x11BF9},
    Range{0x11DB0, 0x11DDB}, Range{0x11DE0, 0x11DE9}, Range{0x13460, 0x143FA},
    Range{0x16130, 0x16139}, Range{0x16EBB, 0x16ED3}, Range{0x16FF2, 0x16FF6},
    Range{0x187F8, 0x187FF}, Range{0x18CFF, 0x18CFF}, Range{0x18D09, 0x18D1E},
    Range{0x18D80, 0x18DF2}, Range{0x1CC00, 0x1CCD5}, Range{0x1CCFA, 0x1CCFC},
    Range{0x1CD00, 0x1CEB3}, Range{0x1CEBA, 0x1CED0}, Range{0x1CEE0, 0x1CEF0},
    Range{0x1E5D0, 0x1E5ED}, Range{0x1E5F0, 0x1E5FA}, Range{0x1E5FF, 0x1E5FF},
    Range{0x1E6C0, 0x1E6DE}, Range{0x1E6E0, 0x1E6E2}, Range{0x1E6E4, 0x1E6E5},
    Range{0x1E6E7, 0x1E6ED}, Range{0x1E6F0, 0x1E6F4}, Range{0x1E6FE, 0x1E6FF},
    Range{0x1F6D8, 0x1F6D8}, Range{0x1F777, 0x1F77A}, Range{0x1F8B2, 0x1F8BB},
    Range{0x1F8C0, 0x1F8C1}, Range{0x1F8D0, 0x1F8D8}, Range{0x1FA54, 0x1FA57},
    Range{0x1FA89, 0x1FA8A}, Range{0x1FA8E, 0x1FA8F}, Range{0x1FABE, 0x1FABE},
    Range{0x1FAC6, 0x1FAC6}, Range{0x1FAC8, 0x1FAC8}, Range{0x1FACD, 0x1FACD},
    Range{0x1FADC, 0x1FADC}, Range{0x1FADF, 0x1FADF}, Range{0x1FAE9, 0x1FAEA},
    Range{0x1FAEF, 0x1FAEF}, Range{0x1FBCB, 0x1FBEF}, Range{0x1FBFA, 0x1FBFA},
    Range{0x2B73A, 0x2B73F}, Range{0x2CEA2, 0x2CEAD}, Range{0x2EBF0, 0x2EE5D},
    Range{0x323B0, 0x33479}};
// Of a letter and of the hyphen, with which no label of a name with labels from right to left may
// begin (RFC 5893 section 2).
struct StandIn {
  std::int32_t letter;
  std::int32_t hyphen;
};
constexpr std::array kStandIns = {StandIn{0x30000, 0x2600}, StandIn{0x30001, 0x2601},
                                  StandIn{0x30002, 0x2602}};
constexpr std::int32_t kMongolianHyphen = 0x1806;

bool is_new_letter(std::int32_t c) {
  return std::any_of(kNewLetters.begin(), kNewLetters.end(),
                     [c](const Range& range) { return c >= range.first && c <= range.last; });
}

// The code points of `text`; nothing when it is no UTF-8.
std::optional<CodePoints> decode(std::string_view text) {
  CodePoints points;
  points.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    std::int32_t c = 0;
    U8_NEXT(text.data(), i, text.size(), c);
    if (c < 0) return std::nullopt;
    points.push_back(c);
  }
  return points;
}

std::string encode(const CodePoints& points) {
  std::string text;
  text.reserve(points.size() * 2);
  for (const std::int32_t c : points) {
    std::array<std::uint8_t, U8_MAX_LENGTH> octets;
    std::size_t length = 0;
    U8_APPEND_UNSAFE(octets.data(), length, c);
    text.append(reinterpret_cast<const char*>(octets.data()), length);
  }
  return text;
}

CodePoints remapped(const CodePoints& points) {
  CodePoints out;
  out.reserve(points.size());
  for (const std::int32_t c : points) {
    const auto remap = std::find_if(kRemaps.begin(), kRemaps.end(),
                                    [c](const Remap& r) { return c >= r.first && c <= r.last; });
    if (remap == kRemaps.end()) {
      out.push_back(c);
    } else if (remap->shift != kIgnored) {
      out.push_back(c + remap->shift);
    }
  }
  return out;
}

using Convert = decltype(&uidna_nameToASCII_UTF8);

// One of ICU's two directions; nothing where UTS 46 refuses the name.
std::optional<std::string> convert(Convert direction, const std::string& name) {
  // A code point takes at most 5 octets of Punycode, a label 4 more for its prefix.
  std::array<char, 8 * kMaxDomain> buffer;
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  UErrorCode status = U_ZERO_ERROR;
  const std::int32_t length =
      direction(mapper(), name.data(), static_cast<std::int32_t>(name.size()), buffer.data(),
                static_cast<std::int32_t>(buffer.size()), &info, &status);
  if (U_FAILURE(status) || (info.errors & ~kTolerated) != 0) return std::nullopt;
  return std::string(buffer.data(), static_cast<std::size_t>(length));
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<std::uint8_t>(c) < 0x80; });
}

// `name` after UTS 46 with every label that needs it in Punycode.
std::string ascii_labels(const CodePoints& name) {
  std::string out;
  for (auto label = name.begin();;) {
    const auto end = std::find(label, name.end(), '.');
    const CodePoints points(label, end);
    const std::string text = encode(points);
    out += is_ascii(text) ? text : "xn--" + punycode(points);
    if (end == name.end()) return out;
    out += '.';
    label = end + 1;
  }
}

// Domain to ASCII of a name with new letters: a stand-in takes their place before
// ICU, and they take theirs again behind it, where their number and order is the same.
std::optional<std::string> convert_with_new_letters(const CodePoints& name) {
  CodePoints letters;
  std::copy_if(name.begin(), name.end(), std::back_inserter(letters), is_new_letter);
  for (const StandIn& stand_in : kStandIns) {
    CodePoints replaced = name;
    std::replace(replaced.begin(), replaced.end(), kMongolianHyphen, stand_in.hyphen);
    std::replace_if(replaced.begin(), replaced.end(), is_new_letter, stand_in.letter);
    const auto stands_in = [&](std::int32_t c) {
      return c == stand_in.letter || c == stand_in.hyphen;
    };
    const auto judged = convert(uidna_nameToUnicodeUTF8, encode(replaced));
    if (!judged) return std::nullopt;
    auto points = decode(*judged);
    if (!points) return std::nullopt;
    const auto found = std::count_if(points->begin(), points->end(), stands_in);
    if (found != static_cast<std::ptrdiff_t>(letters.size())) continue;  // the name has it, too
    auto letter = letters.begin();
    for (std::int32_t& c : *points) {
      if (stands_in(c)) c = *letter++;
    }
    return ascii_labels(*points);
  }
  return std::nullopt;
}

// UTS 46 section 4.1: with CheckHyphens off no label may begin with "xn--" once decoded.
bool hides_punycode(const std::string& ascii) {
  if (ascii.find("xn--xn--") == std::string::npos) return false;
  const auto unicode = convert(uidna_nameToUnicodeUTF8, ascii);
  return !unicode || unicode->starts_with("xn--") || unicode->find(".xn--") != std::string::npos;
}

std::optional<std::string> checked(std::string domain) {
  if (domain.empty() || contains_any(domain, CharSet::forbidden_domain)) return std::nullopt;
  return domain;
}

}  // namespace

std::optional<std::string> domain_to_ascii(std::string_view domain) {
  // URL standard 3.3: ASCII is only lower-cased, whatever its labels claim to be.
  if (is_ascii(domain)) return checked(base::ascii_lower(domain));
  if (domain.size() > kMaxDomain || mapper() == nullptr) return std::nullopt;
  const auto points = decode(domain);
  if (!points) return std::nullopt;
  const CodePoints name = remapped(*points);
  auto ascii = std::any_of(name.begin(), name.end(), is_new_letter)
                   ? convert_with_new_letters(name)
                   : convert(uidna_nameToASCII_UTF8, encode(name));
  if (!ascii || hides_punycode(*ascii)) return std::nullopt;
  return checked(*std::move(ascii));
}

}  // namespace crawld::model
