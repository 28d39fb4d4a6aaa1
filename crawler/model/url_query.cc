#include "crawler/model/url_query.h"

#include <unicode/ucnv.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "crawler/model/url_percent.h"

namespace crawld::model {
namespace {

// The octets of one code point in an encoding; empty: it has none.
struct Octets {
  std::array<char, 8> data{};
  std::size_t size = 0;
  std::string_view view() const { return {data.data(), size}; }
};

struct CloseConverter {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};
using Converter = std::unique_ptr<UConverter, CloseConverter>;

// ICU's converter that comes nearest to the encoder of each WHATWG encoding name,
// where the name itself would find another one.
constexpr std::array<std::pair<std::string_view, const char*>, 8> kConverters = {{
    {"shift_jis", "ibm-943_P15A-2003"},
    {"iso-2022-jp", "ibm-943_P15A-2003"},
    {"euc-jp", "euc-jp-2007"},
    {"euc-kr", "windows-949-2000"},
    {"big5", "windows-950-2000"},
    {"gbk", "windows-936-2000"},
    {"iso-8859-8-i", "iso-8859-8"},
    {"windows-874", "windows-874-2000"},
}};

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return lower;
}

Converter open_converter(const std::string& encoding) {
  const auto known = std::find_if(kConverters.begin(), kConverters.end(),
                                  [&](const auto& entry) { return entry.first == encoding; });
  UErrorCode status = U_ZERO_ERROR;
  Converter converter(
      ucnv_open(known == kConverters.end() ? encoding.c_str() : known->second, &status));
  if (U_FAILURE(status)) return nullptr;
  ucnv_setFromUCallBack(converter.get(), UCNV_FROM_U_CALLBACK_STOP, nullptr, nullptr, nullptr,
                        &status);
  ucnv_setFallback(converter.get(), false);
  return U_SUCCESS(status) ? std::move(converter) : nullptr;
}

Octets convert(UConverter& converter, std::int32_t code_point) {
  std::array<UChar, 2> units;
  std::int32_t length = 0;
  U16_APPEND_UNSAFE(units.data(), length, code_point);
  Octets octets;
  const UChar* source = units.data();
  char* target = octets.data.data();
  UErrorCode status = U_ZERO_ERROR;
  ucnv_resetFromUnicode(&converter);
  ucnv_fromUnicode(&converter, &target, target + octets.data.size(), &source, source + length,
                   nullptr, /*flush=*/true, &status);
  if (U_SUCCESS(status)) octets.size = static_cast<std::size_t>(target - octets.data.data());
  return octets;
}

Octets single(int octet) { return {{static_cast<char>(octet)}, 1}; }

// What the encoders of Japanese share (Encoding standard 12.1.2, 12.2.2, 12.3.2).
Octets convert_japanese(UConverter& converter, std::int32_t code_point) {
  if (code_point == 0xA5) return single(0x5C);
  if (code_point == 0x203E) return single(0x7E);
  return convert(converter, code_point == 0x2212 ? 0xFF0D : code_point);
}

// Full-width katakana of U+FF61..U+FF9F (Encoding standard, index ISO-2022-JP katakana).
constexpr std::array<std::uint16_t, 63> kKatakana = {
    0x3002, 0x300C, 0x300D, 0x3001, 0x30FB, 0x30F2, 0x30A1, 0x30A3, 0x30A5, 0x30A7, 0x30A9,
    0x30E3, 0x30E5, 0x30E7, 0x30C3, 0x30FC, 0x30A2, 0x30A4, 0x30A6, 0x30A8, 0x30AA, 0x30AB,
    0x30AD, 0x30AF, 0x30B1, 0x30B3, 0x30B5, 0x30B7, 0x30B9, 0x30BB, 0x30BD, 0x30BF, 0x30C1,
    0x30C4, 0x30C6, 0x30C8, 0x30CA, 0x30CB, 0x30CC, 0x30CD, 0x30CE, 0x30CF, 0x30D2, 0x30D5,
    0x30D8, 0x30DB, 0x30DE, 0x30DF, 0x30E0, 0x30E1, 0x30E2, 0x30E4, 0x30E6, 0x30E8, 0x30E9,
    0x30EA, 0x30EB, 0x30EC, 0x30ED, 0x30EF, 0x30F3, 0x309B, 0x309C};

// The JIS X 0208 pair behind the Shift_JIS octets; empty where it has no place there.
Octets jis0208_of(const Octets& shift_jis) {
  if (shift_jis.size != 2) return {};
  int lead = static_cast<std::uint8_t>(shift_jis.data[0]);
  int trail = static_cast<std::uint8_t>(shift_jis.data[1]);
  lead -= lead >= 0xE0 ? 0xC1 : 0x81;
  trail -= trail >= 0x80 ? 0x41 : 0x40;
  const int row = lead * 2 + trail / 94;
  if (row >= 94) return {};
  return {{static_cast<char>(row + 0x21), static_cast<char>(trail % 94 + 0x21)}, 2};
}

// Appends octets or, where there are none, a reference to the code point.
class QueryWriter {
 public:
  QueryWriter(std::string& out, CharSet set) : out_(out), set_(set) {}
  void octets(std::string_view octets) { append_encoded(out_, octets, set_); }
  void reference(std::int32_t code_point) { out_ += "%26%23" + std::to_string(code_point) + "%3B"; }

 private:
  std::string& out_;
  CharSet set_;
};

// The one encoder with a state: escape sequences switch between three charsets.
class Iso2022JpEncoder {
 public:
  Iso2022JpEncoder(UConverter& converter, QueryWriter& writer)
      : converter_(converter), writer_(writer) {}

  void encode(std::int32_t c) {
    if (c == 0x0E || c == 0x0F || c == 0x1B) {
      switch_to(State::ascii);
      writer_.reference(0xFFFD);
    } else if (c < 0x80 && (state_ == State::ascii || (state_ == State::roman && roman_has(c)))) {
      writer_.octets(single(c).view());
    } else if (c < 0x80) {
      switch_to(State::ascii);
      writer_.octets(single(c).view());
    } else if (c == 0xA5 || c == 0x203E) {
      switch_to(State::roman);
      writer_.octets(single(c == 0xA5 ? 0x5C : 0x7E).view());
    } else {
      encode_kanji(c);
    }
  }
  void finish() { switch_to(State::ascii); }

 private:
  enum class State { ascii, roman, jis0208 };

  static bool roman_has(std::int32_t c) { return c != 0x5C && c != 0x7E; }

  void encode_kanji(std::int32_t c) {
    const bool half_width = c >= 0xFF61 && c <= 0xFF9F;
    const std::int32_t full = half_width ? kKatakana[static_cast<std::size_t>(c - 0xFF61)] : c;
    const Octets pair = jis0208_of(convert_japanese(converter_, full));
    if (pair.size == 0) {
      if (state_ == State::jis0208) switch_to(State::ascii);
      writer_.reference(c);
      return;
    }
    switch_to(State::jis0208);
    writer_.octets(pair.view());
  }

  void switch_to(State state) {
    if (state_ == state) return;
    state_ = state;
    switch (state) {
      case State::ascii:
        writer_.octets("\x1B(B");
        break;
      case State::roman:
        writer_.octets("\x1B(J");
        break;
      case State::jis0208:
        writer_.octets("\x1B$B");
        break;
    }
  }

  UConverter& converter_;
  QueryWriter& writer_;
  State state_ = State::ascii;
};

Octets encode_stateless(UConverter& converter, const std::string& encoding, std::int32_t c) {
  if (c < 0x80) return single(c);
  if (encoding == "shift_jis") return convert_japanese(converter, c);
  if (encoding == "euc-jp") {
    const Octets octets = convert_japanese(converter, c);
    // JIS X 0212 is for decoding only.
    return octets.size == 3 ? Octets{} : octets;
  }
  return convert(converter, c);
}

template <class Encode>
void for_each_code_point(std::string_view text, Encode encode) {
  for (std::size_t i = 0; i < text.size();) {
    std::int32_t c = 0;
    U8_NEXT(text.data(), i, text.size(), c);
    encode(c < 0 ? 0xFFFD : c);
  }
}

bool is_user_defined(const std::string& encoding) { return encoding == "x-user-defined"; }

Octets encode_user_defined(std::int32_t c) {
  if (c < 0x80) return single(c);
  return c >= 0xF780 && c <= 0xF7FF ? single(c - 0xF700) : Octets{};
}

bool counts_as_utf8(const std::string& encoding) {
  return encoding.empty() || encoding == "utf-8" || encoding == "replacement" ||
         encoding.starts_with("utf-16");
}

}  // namespace

void append_query(std::string& out, std::string_view query, std::string_view encoding,
                  bool special_scheme) {
  const CharSet set = special_scheme ? CharSet::special_query : CharSet::query;
  const std::string name = lower_case(encoding);
  // In plain ASCII only ISO-2022-JP has something to say, about its own controls.
  const bool plain = std::all_of(query.begin(), query.end(), [](char c) {
    return static_cast<std::uint8_t>(c) < 0x80 && static_cast<std::uint8_t>(c) >= 0x20;
  });
  if (plain || counts_as_utf8(name)) return append_encoded(out, query, set);

  QueryWriter writer(out, set);
  const Converter converter = is_user_defined(name) ? nullptr : open_converter(name);
  if (!converter && !is_user_defined(name)) return append_encoded(out, query, set);
  if (name == "iso-2022-jp") {
    Iso2022JpEncoder encoder(*converter, writer);
    for_each_code_point(query, [&](std::int32_t c) { encoder.encode(c); });
    encoder.finish();
    return;
  }
  for_each_code_point(query, [&](std::int32_t c) {
    const Octets octets =
        converter ? encode_stateless(*converter, name, c) : encode_user_defined(c);
    octets.size > 0 ? writer.octets(octets.view()) : writer.reference(c);
  });
}

}  // namespace crawld::model
