#include "crawler/model/url_query.h"

#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "crawler/base/ascii.h"
#include "crawler/model/charset_encoder.h"
#include "crawler/model/url_percent.h"

namespace crawld::model {
namespace {

std::string_view single(const char& octet) { return {&octet, 1}; }

// Full-width katakana of U+FF61..U+FF9F (Encoding standard, index ISO-2022-JP katakana).
constexpr std::array<char16_t, 63> kKatakana = {
    0x3002, 0x300C, 0x300D, 0x3001, 0x30FB, 0x30F2, 0x30A1, 0x30A3, 0x30A5, 0x30A7, 0x30A9,
    0x30E3, 0x30E5, 0x30E7, 0x30C3, 0x30FC, 0x30A2, 0x30A4, 0x30A6, 0x30A8, 0x30AA, 0x30AB,
    0x30AD, 0x30AF, 0x30B1, 0x30B3, 0x30B5, 0x30B7, 0x30B9, 0x30BB, 0x30BD, 0x30BF, 0x30C1,
    0x30C4, 0x30C6, 0x30C8, 0x30CA, 0x30CB, 0x30CC, 0x30CD, 0x30CE, 0x30CF, 0x30D2, 0x30D5,
    0x30D8, 0x30DB, 0x30DE, 0x30DF, 0x30E0, 0x30E1, 0x30E2, 0x30E4, 0x30E6, 0x30E8, 0x30E9,
    0x30EA, 0x30EB, 0x30EC, 0x30ED, 0x30EF, 0x30F3, 0x309B, 0x309C};

// Appends octets or, where there are none, a reference to the code point.
class QueryWriter {
 public:
  QueryWriter(std::string& out, CharSet set) : out_(out), set_(set) {}
  void octets(std::string_view octets) { append_encoded(out_, octets, set_); }
  void reference(char32_t code_point) {
    out_ += "%26%23" + std::to_string(static_cast<std::uint32_t>(code_point)) + "%3B";
  }

 private:
  std::string& out_;
  CharSet set_;
};

// The same without percent-encoding.
class OctetWriter {
 public:
  explicit OctetWriter(std::string& out) : out_(out) {}
  void octets(std::string_view octets) { out_ += octets; }
  void reference(char32_t code_point) {
    out_ += "&#" + std::to_string(static_cast<std::uint32_t>(code_point)) + ";";
  }

 private:
  std::string& out_;
};

// The one encoder with a state: escape sequences switch between three charsets (12.2.2).
template <class Writer>
class Iso2022JpEncoder {
 public:
  explicit Iso2022JpEncoder(Writer& writer) : writer_(writer) {}

  void encode(char32_t c) {
    const char octet = static_cast<char>(c);
    if (c == 0x0E || c == 0x0F || c == 0x1B) {
      if (state_ == State::jis0208) switch_to(State::ascii);
      writer_.reference(0xFFFD);
    } else if (c < 0x80 && (state_ == State::ascii || (state_ == State::roman && roman_has(c)))) {
      writer_.octets(single(octet));
    } else if (c < 0x80) {
      switch_to(State::ascii);
      writer_.octets(single(octet));
    } else if (c == 0xA5 || c == 0x203E) {
      switch_to(State::roman);
      writer_.octets(c == 0xA5 ? "\x5C" : "\x7E");
    } else {
      encode_kanji(c);
    }
  }
  void finish() { switch_to(State::ascii); }

 private:
  enum class State { ascii, roman, jis0208 };

  static bool roman_has(char32_t c) { return c != 0x5C && c != 0x7E; }

  void encode_kanji(char32_t c) {
    const bool half_width = c >= 0xFF61 && c <= 0xFF9F;
    const char32_t full = half_width ? kKatakana[c - 0xFF61] : c == 0x2212 ? 0xFF0D : c;
    const auto pointer = jis0208_pointer(full);
    if (!pointer) {
      if (state_ == State::jis0208) switch_to(State::ascii);
      writer_.reference(c);
      return;
    }
    switch_to(State::jis0208);
    const std::array<char, 2> pair = {static_cast<char>(0x21 + *pointer / 94),
                                      static_cast<char>(0x21 + *pointer % 94)};
    writer_.octets({pair.data(), pair.size()});
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

  Writer& writer_;
  State state_ = State::ascii;
};

template <class Encode>
void for_each_code_point(std::string_view text, Encode encode) {
  for (std::size_t i = 0; i < text.size();) {
    std::int32_t c = 0;
    U8_NEXT(text.data(), i, text.size(), c);
    encode(c < 0 ? U'\uFFFD' : static_cast<char32_t>(c));
  }
}

bool counts_as_utf8(const std::string& encoding) {
  return encoding.empty() || encoding == "utf-8" || encoding == "replacement" ||
         encoding.starts_with("utf-16");
}

// False: there is no such encoding, and nothing was written.
template <class Writer>
bool encode(Writer& writer, std::string_view text, const std::string& encoding) {
  if (encoding == "iso-2022-jp") {
    Iso2022JpEncoder<Writer> encoder(writer);
    for_each_code_point(text, [&](char32_t c) { encoder.encode(c); });
    encoder.finish();
    return true;
  }
  const auto encoder = CharsetEncoder::find(encoding);
  if (!encoder) return false;
  for_each_code_point(text, [&](char32_t c) {
    const Octets octets = encoder->encode(c);
    octets.size > 0 ? writer.octets(octets.view()) : writer.reference(c);
  });
  return true;
}

}  // namespace

void append_query(std::string& out, std::string_view query, std::string_view encoding,
                  bool special_scheme) {
  const CharSet set = special_scheme ? CharSet::special_query : CharSet::query;
  const std::string name = base::ascii_lower(encoding);
  // In plain ASCII only ISO-2022-JP has something to say, about its own controls.
  const bool plain = std::all_of(query.begin(), query.end(), [](char c) {
    return static_cast<std::uint8_t>(c) < 0x80 && static_cast<std::uint8_t>(c) >= 0x20;
  });
  if (plain || counts_as_utf8(name)) return append_encoded(out, query, set);

  QueryWriter writer(out, set);
  if (!encode(writer, query, name)) append_encoded(out, query, set);
}

std::string encode_form_text(std::string_view text, std::string_view encoding) {
  const std::string name = base::ascii_lower(encoding);
  if (counts_as_utf8(name)) return std::string(text);
  std::string out;
  OctetWriter writer(out);
  return encode(writer, text, name) ? out : std::string(text);
}

}  // namespace crawld::model
