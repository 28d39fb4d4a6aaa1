#include "crawler/model/url_idna.h"

#include <unicode/uidna.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

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
    Remap{0x1CCD6, 0x1CCEF, 'a' - 0x1CCD6},
    Remap{0x1CCF0, 0x1CCF9, '0' - 0x1CCF0},
    Remap{0x1D173, 0x1D17A, kIgnored},
    Remap{0x2F868, 0x2F868, 0x36FC - 0x2F868},
    Remap{0x2F874, 0x2F874, 0x5F53 - 0x2F874},
    Remap{0x2F91F, 0x2F91F, 0x243AB - 0x2F91F},
    Remap{0x2F95F, 0x2F95F, 0x7AEE - 0x2F95F},
    Remap{0x2F9BF, 0x2F9BF, 0x45D7 - 0x2F9BF},
};

// Letters that Unicode has since 15.1 to 17, unknown to ICU 72. All are ideographs or
// hieroglyphs: no case, no marks, no joining, left to right, no decomposition, so any
// of them can stand for any other while ICU judges the name.
struct Range {
  std::int32_t first;
  std::int32_t last;
};
constexpr std::array kNewLetters = {Range{0x13460, 0x143FA}, Range{0x2EBF0, 0x2EE5D},
                                    Range{0x323B0, 0x33479}};
constexpr std::array<std::int32_t, 3> kStandIns = {0x30000, 0x30001, 0x30002};

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
  for (const std::int32_t stand_in : kStandIns) {
    CodePoints replaced = name;
    std::replace_if(replaced.begin(), replaced.end(), is_new_letter, stand_in);
    const auto judged = convert(uidna_nameToUnicodeUTF8, encode(replaced));
    if (!judged) return std::nullopt;
    auto points = decode(*judged);
    if (!points) return std::nullopt;
    const auto found = std::count(points->begin(), points->end(), stand_in);
    if (found != static_cast<std::ptrdiff_t>(letters.size())) continue;  // the name has it, too
    auto letter = letters.begin();
    for (std::int32_t& c : *points) {
      if (c == stand_in) c = *letter++;
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

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return lower;
}

std::optional<std::string> checked(std::string domain) {
  if (domain.empty() || contains_any(domain, CharSet::forbidden_domain)) return std::nullopt;
  return domain;
}

}  // namespace

std::optional<std::string> domain_to_ascii(std::string_view domain) {
  // URL standard 3.3: ASCII is only lower-cased, whatever its labels claim to be.
  if (is_ascii(domain)) return checked(lower_case(domain));
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
