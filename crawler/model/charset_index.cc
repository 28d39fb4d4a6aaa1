#include "crawler/model/charset_index.h"

#include <unicode/ucnv.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>

namespace crawld::model {
namespace {

constexpr char32_t kUnmapped = 0xFFFD;

bool is_private_use(char32_t c) { return c >= 0xE000 && c <= 0xF8FF; }

struct CloseConverter {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};
using Converter = std::unique_ptr<UConverter, CloseConverter>;

// What ICU's converter makes of `count` byte sequences of `length` bytes, one code
// point each; 0 where it makes anything else. `coded(pointer, bytes)` writes one.
template <class Coded>
std::vector<char32_t> ask_icu(const char* name, std::size_t count, std::size_t length,
                              Coded coded) {
  std::vector<char32_t> code_points(count, 0);
  UErrorCode error = U_ZERO_ERROR;
  const Converter converter(ucnv_open(name, &error));
  if (U_FAILURE(error)) return code_points;

  // Two line feeds after each, so that a broken sequence cannot swallow the next.
  const std::size_t stride = length + 2;
  std::string source(count * stride, '\n');
  for (std::size_t i = 0; i < count; ++i) coded(i, source.data() + i * stride);
  std::vector<UChar> units(source.size() * 2);
  std::vector<std::int32_t> offsets(units.size());
  UChar* target = units.data();
  const char* from = source.data();
  ucnv_toUnicode(converter.get(), &target, target + units.size(), &from, from + source.size(),
                 offsets.data(), true, &error);
  if (U_FAILURE(error)) return code_points;

  const auto written = static_cast<std::size_t>(target - units.data());
  std::vector<std::uint8_t> made(count, 0);
  for (std::size_t i = 0; i < written; ++i) {
    const auto offset = static_cast<std::size_t>(offsets[i]);
    const std::size_t pointer = offset / stride;
    if (offset % stride >= length) continue;  // a separator
    char32_t c = units[i];
    if (U16_IS_LEAD(c) && i + 1 < written) c = U16_GET_SUPPLEMENTARY(c, units[++i]);
    code_points[pointer] = ++made[pointer] == 1 && c != kUnmapped ? c : 0;
  }
  return code_points;
}

void drop_private_use(std::vector<char32_t>& code_points) {
  std::replace_if(code_points.begin(), code_points.end(), is_private_use, char32_t{0});
}

struct Correction {
  std::uint16_t pointer;
  char16_t code_point;
};

// Where index Big5 has a code point of its own and ICU's big5-hkscs none or one
// of the private use area.
constexpr Correction kBig5Corrections[] = {
    {1008, 0x9F97},  {1016, 0x9F96},  {1099, 0x31C0},  {1100, 0x31C1},  {1101, 0x31C2},
    {1102, 0x31C3},  {1103, 0x31C4},  {1105, 0x31C5},  {1108, 0x31C6},  {1109, 0x31C7},
    {1112, 0x31C8},  {1114, 0x31C9},  {1115, 0x31CA},  {1116, 0x31CB},  {1117, 0x31CC},
    {1119, 0x31CD},  {1120, 0x31CE},  {1170, 0x23DA},  {1171, 0x23DB},  {1730, 0x9FA6},
    {1772, 0x9FA7},  {1779, 0x9FA8},  {1812, 0x9FA9},  {1814, 0x9FAA},  {1816, 0x9FAB},
    {1821, 0x9FAC},  {1844, 0x9FAD},  {1845, 0x9FAE},  {1847, 0x9FAF},  {1866, 0x9FB2},
    {1892, 0x9FB3},  {2082, 0x7BB8},  {2088, 0x7C06},  {2103, 0x7CCE},  {2114, 0x7DD2},
    {2123, 0x7E1D},  {2148, 0x8005},  {2151, 0x8028},  {2221, 0x83C1},  {2239, 0x84A8},
    {2244, 0x840F},  {2303, 0x89A6},  {2304, 0x89A9},  {2354, 0x8D77},  {2400, 0x90FD},
    {2413, 0x92B9},  {2477, 0x975C},  {2498, 0x97FF},  {2605, 0x9F16},  {2673, 0x8503},
    {2746, 0x5159},  {2747, 0x515B},  {2748, 0x515D},  {2749, 0x515E},  {2771, 0x936E},
    {2780, 0x7479},  {2990, 0x6D67},  {3087, 0x799B},  {3259, 0x9097},  {3301, 0x975D},
    {3436, 0x701E},  {3451, 0x5B28},  {4136, 0x7201},  {4138, 0x77D7},  {4141, 0x7E87},
    {4182, 0x99D6},  {4206, 0x91D4},  {4220, 0x60DE},  {4230, 0x6FB6},  {4241, 0x8F36},
    {4258, 0x4FBB},  {4273, 0x71DF},  {4279, 0x9104},  {4282, 0x9DF0},  {4294, 0x83CF},
    {4329, 0x5C10},  {4330, 0x79E3},  {4349, 0x5A67},  {4419, 0x8F0B},  {4422, 0x7B51},
    {4494, 0x62D0},  {4624, 0x6062},  {4694, 0x75F9},  {4708, 0x6C4A},  {4742, 0x9B2E},
    {4748, 0x9F17},  {4815, 0x50ED},  {4828, 0x5F0C},  {4902, 0x880F},  {4922, 0x62CE},
    {4982, 0x7468},  {4992, 0x7162},  {4997, 0x7250},  {10942, 0x5EF4}, {10946, 0x65E0},
    {10948, 0x7676}, {10950, 0x96B6}, {10957, 0x3003}, {10958, 0x4EDD}, {11204, 0x31CF},
    {11210, 0x9FB0}, {11212, 0x9FB1}, {19028, 0x5029}, {19035, 0x507D}, {19088, 0x5305},
    {19096, 0x5344}, {19112, 0x537F}, {19162, 0x5605}, {19240, 0x5A77}, {19299, 0x5E75},
    {19305, 0x5ED0}, {19326, 0x5F58}, {19355, 0x60A4}, {19398, 0x6490}, {19439, 0x6674},
    {19454, 0x675E}, {19553, 0x6C9C}, {19554, 0x6E1D}, {19557, 0x6E2F}, {19611, 0x716E},
    {19643, 0x732A}, {19672, 0x745C}, {19697, 0x74E9}, {19748, 0x7809},
};
constexpr std::size_t kBig5ControlPictures = 5432;  // pointer of U+2400
constexpr char32_t kControlPictures = 32;           // then U+2421, of DEL

// GB18030-2022 gave these characters, once private use, code points of their own.
constexpr Correction kGb18030Corrections[] = {
    {7182, 0xFE10},  {7183, 0xFE12},  {7184, 0xFE11},  {7185, 0xFE13},  {7186, 0xFE14},
    {7187, 0xFE15},  {7188, 0xFE16},  {7201, 0xFE17},  {7202, 0xFE18},  {7208, 0xFE19},
    {23775, 0x9FB4}, {23783, 0x9FB5}, {23788, 0x9FB6}, {23789, 0x9FB7}, {23795, 0x9FB8},
    {23812, 0x9FB9}, {23829, 0x9FBA}, {23845, 0x9FBB},
};

std::vector<char32_t> make_big5() {
  auto code_points = ask_icu("big5-hkscs", 126 * 157, 2, [](std::size_t pointer, char* bytes) {
    const std::size_t trail = pointer % 157;
    bytes[0] = static_cast<char>(0x81 + pointer / 157);
    bytes[1] = static_cast<char>(trail + (trail < 0x3F ? 0x40 : 0x62));
  });
  drop_private_use(code_points);
  for (const auto& [pointer, code_point] : kBig5Corrections) code_points[pointer] = code_point;
  for (char32_t i = 0; i < kControlPictures; ++i) {
    code_points[kBig5ControlPictures + i] = 0x2400 + i;
  }
  code_points[kBig5ControlPictures + kControlPictures] = 0x2421;
  return code_points;
}

std::vector<char32_t> make_euc_kr() {
  auto code_points =
      ask_icu("windows-949-2000", 126 * 190, 2, [](std::size_t pointer, char* bytes) {
        bytes[0] = static_cast<char>(0x81 + pointer / 190);
        bytes[1] = static_cast<char>(0x41 + pointer % 190);
      });
  drop_private_use(code_points);
  return code_points;
}

// As ICU has it, which is GB18030-2005.
const std::vector<char32_t>& gb18030_two_bytes() {
  static const std::vector<char32_t> code_points =
      ask_icu("gb18030", 126 * 190, 2, [](std::size_t pointer, char* bytes) {
        const std::size_t trail = pointer % 190;
        bytes[0] = static_cast<char>(0x81 + pointer / 190);
        bytes[1] = static_cast<char>(trail + (trail < 0x3F ? 0x40 : 0x41));
      });
  return code_points;
}

std::vector<char32_t> make_gb18030() {
  std::vector<char32_t> code_points = gb18030_two_bytes();
  code_points[6555] = 0x3000;  // A3 A0, an ideographic space in what people write
  for (const auto& [pointer, code_point] : kGb18030Corrections) code_points[pointer] = code_point;
  return code_points;
}

// Rows of 188 as Shift_JIS has them; the private use rows are the decoder's affair.
std::vector<char32_t> make_jis0208() {
  auto code_points =
      ask_icu("ibm-943_P15A-2003", 60 * 188, 2, [](std::size_t pointer, char* bytes) {
        const std::size_t lead = pointer / 188;
        const std::size_t trail = pointer % 188;
        bytes[0] = static_cast<char>(lead + (lead < 0x1F ? 0x81 : 0xC1));
        bytes[1] = static_cast<char>(trail + (trail < 0x3F ? 0x40 : 0x41));
      });
  drop_private_use(code_points);
  return code_points;
}

std::vector<char32_t> make_jis0212() {
  auto code_points = ask_icu("euc-jp-2007", 94 * 94, 3, [](std::size_t pointer, char* bytes) {
    bytes[0] = '\x8F';
    bytes[1] = static_cast<char>(0xA1 + pointer / 94);
    bytes[2] = static_cast<char>(0xA1 + pointer % 94);
  });
  // Rows 83 and on hold IBM's extensions, which the standard leaves out.
  std::fill(code_points.begin() + 82 * 94, code_points.end(), char32_t{0});
  drop_private_use(code_points);
  return code_points;
}

struct Range {
  std::uint32_t pointer;
  char32_t code_point;
};

// Four bytes stand, in order, for what two bytes cannot say of the basic plane.
std::vector<Range> make_gb18030_ranges() {
  std::vector<bool> two_bytes(0x10000, false);
  for (const char32_t c : gb18030_two_bytes()) {
    if (c < 0x10000) two_bytes[c] = true;
  }
  // GB18030-2005 moved U+1E3F to two bytes and left its four to U+E7C7.
  two_bytes[0x1E3F] = false;
  two_bytes[0xE7C7] = true;
  std::vector<Range> ranges;
  std::uint32_t pointer = 0;
  bool inside = false;
  for (char32_t c = 0x80; c < 0x10000; ++c) {
    const bool counted = !two_bytes[c] && (c < 0xD800 || c > 0xDFFF);
    if (counted && !inside) ranges.push_back({pointer, c});
    if (counted) ++pointer;
    inside = counted;
  }
  ranges.push_back({189'000, 0x10000});
  return ranges;
}

const std::vector<Range>& gb18030_ranges() {
  static const std::vector<Range> ranges = make_gb18030_ranges();
  return ranges;
}

struct SingleByte {
  std::string_view encoding;
  const char* icu;  // nullptr: kLatin10 is all there is to know
  std::once_flag made{};
  SingleByteIndex index{};
};

// ISO-8859-16 from 0xA0, which ICU does not know.
constexpr std::u16string_view kLatin10 =
    u"\u00A0ĄąŁ€„Š§š©Ș«Ź\u00ADźŻ°±ČłŽ”¶·žčș»ŒœŸżÀÁÂĂÄĆÆÇÈÉÊËÌÍÎÏĐŃÒÓÔŐÖŚŰÙÚÛÜĘȚß"
    u"àáâăäćæçèéêëìíîïđńòóôőöśűùúûüęțÿ";
static_assert(kLatin10.size() == 96);

SingleByteIndex make_single_byte(std::string_view encoding, const char* icu) {
  SingleByteIndex index{};
  if (icu == nullptr) {
    for (std::size_t i = 0; i < index.size(); ++i) {
      index[i] = i < 0x20 ? static_cast<char16_t>(0x80 + i) : kLatin10[i - 0x20];
    }
    return index;
  }
  const auto code_points = ask_icu(icu, index.size(), 1, [](std::size_t pointer, char* bytes) {
    bytes[0] = static_cast<char>(0x80 + pointer);
  });
  for (std::size_t i = 0; i < index.size(); ++i) {
    index[i] = is_private_use(code_points[i]) && encoding != "macintosh"
                   ? char16_t{0}
                   : static_cast<char16_t>(code_points[i]);
  }
  if (encoding == "koi8-u") {
    index[0xAE - 0x80] = 0x045E;
    index[0xBE - 0x80] = 0x040E;
  }
  if (encoding == "windows-1253") index[0xAA - 0x80] = 0;
  if (encoding == "windows-1255") index[0xCA - 0x80] = 0x05BA;
  return index;
}

}  // namespace

const CharsetIndex& big5_index() {
  static const CharsetIndex index(make_big5());
  return index;
}

const CharsetIndex& euc_kr_index() {
  static const CharsetIndex index(make_euc_kr());
  return index;
}

const CharsetIndex& gb18030_index() {
  static const CharsetIndex index(make_gb18030());
  return index;
}

const CharsetIndex& jis0208_index() {
  static const CharsetIndex index(make_jis0208());
  return index;
}

const CharsetIndex& jis0212_index() {
  static const CharsetIndex index(make_jis0212());
  return index;
}

char32_t gb18030_ranges_code_point(std::uint32_t pointer) {
  const std::vector<Range>& ranges = gb18030_ranges();
  if ((pointer > 39'419 && pointer < 189'000) || pointer > 1'237'575) return 0;
  if (pointer == 7457) return 0xE7C7;
  const auto next =
      std::upper_bound(ranges.begin(), ranges.end(), pointer,
                       [](std::uint32_t wanted, const Range& r) { return wanted < r.pointer; });
  const Range& range = *std::prev(next);
  return range.code_point + (pointer - range.pointer);
}

std::uint32_t gb18030_ranges_pointer(char32_t code_point) {
  if (code_point == 0xE7C7) return 7457;
  const std::vector<Range>& ranges = gb18030_ranges();
  const auto next =
      std::upper_bound(ranges.begin(), ranges.end(), code_point,
                       [](char32_t wanted, const Range& r) { return wanted < r.code_point; });
  const Range& range = *std::prev(next);
  return range.pointer + static_cast<std::uint32_t>(code_point - range.code_point);
}

const SingleByteIndex* single_byte_index(std::string_view encoding) {
  static SingleByte all[] = {{"windows-1252", "windows-1252"},
                             {"windows-1251", "windows-1251"},
                             {"windows-1250", "windows-1250"},
                             {"windows-1253", "windows-1253"},
                             {"windows-1254", "windows-1254"},
                             {"windows-1255", "windows-1255"},
                             {"windows-1256", "windows-1256"},
                             {"windows-1257", "windows-1257"},
                             {"windows-1258", "windows-1258"},
                             {"windows-874", "windows-874-2000"},
                             {"iso-8859-2", "iso-8859-2"},
                             {"iso-8859-3", "iso-8859-3"},
                             {"iso-8859-4", "iso-8859-4"},
                             {"iso-8859-5", "iso-8859-5"},
                             {"iso-8859-6", "iso-8859-6"},
                             {"iso-8859-7", "iso-8859-7"},
                             {"iso-8859-8", "iso-8859-8"},
                             {"iso-8859-8-i", "iso-8859-8"},
                             {"iso-8859-10", "iso-8859-10"},
                             {"iso-8859-13", "iso-8859-13"},
                             {"iso-8859-14", "iso-8859-14"},
                             {"iso-8859-15", "iso-8859-15"},
                             {"iso-8859-16", nullptr},
                             {"koi8-r", "koi8-r"},
                             {"koi8-u", "koi8-u"},
                             {"ibm866", "ibm-866"},
                             {"macintosh", "macintosh"},
                             {"x-mac-cyrillic", "x-mac-cyrillic"}};
  for (SingleByte& one : all) {
    if (one.encoding != encoding) continue;
    std::call_once(one.made, [&] { one.index = make_single_byte(one.encoding, one.icu); });
    return &one.index;
  }
  return nullptr;
}

}  // namespace crawld::model
