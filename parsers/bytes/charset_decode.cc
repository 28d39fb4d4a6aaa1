#include "parsers/bytes/charset_decode.h"

#include <cstddef>
#include <cstdint>

#include "crawler/base/utf8.h"
#include "crawler/model/charset_index.h"
#include "parsers/bytes/charset_multibyte.h"

namespace crawld::parsers {
namespace {

enum class ByteOrder : std::uint8_t { little, big };

// Section 14.2.1: lone surrogates and an odd last byte become U+FFFD.
std::string decode_utf16(std::string_view bytes, ByteOrder order) {
  std::string out;
  out.reserve(bytes.size());
  char32_t lead = 0;  // a lead surrogate that waits for its trail
  std::size_t at = 0;
  for (; at + 2 <= bytes.size(); at += 2) {
    const auto first = static_cast<std::uint8_t>(bytes[at]);
    const auto second = static_cast<std::uint8_t>(bytes[at + 1]);
    const char32_t unit = order == ByteOrder::big ? first * 256U + second : second * 256U + first;
    const bool is_trail = unit >= 0xDC00 && unit <= 0xDFFF;
    if (lead != 0 && is_trail) {
      base::append_utf8(out, 0x10000 + ((lead - 0xD800) << 10) + (unit - 0xDC00));
      lead = 0;
      continue;
    }
    if (lead != 0) out += base::kReplacementCharacter;
    lead = 0;
    if (unit >= 0xD800 && unit <= 0xDBFF) {
      lead = unit;
    } else if (is_trail) {
      out += base::kReplacementCharacter;
    } else {
      base::append_utf8(out, unit);
    }
  }
  if (lead != 0 || at < bytes.size()) out += base::kReplacementCharacter;
  return out;
}

// Section 14.5.1: the upper half stands for private use characters.
std::string decode_user_defined(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    base::append_utf8(out, byte < 0x80 ? byte : 0xF780U + byte - 0x80U);
  }
  return out;
}

std::string decode_single_byte(std::string_view bytes, const model::SingleByteIndex& index) {
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 8);
  while (true) {
    const std::size_t plain = base::ascii_prefix(bytes);
    out += bytes.substr(0, plain);
    bytes.remove_prefix(plain);
    if (bytes.empty()) return out;
    const char16_t code_point = index[static_cast<std::uint8_t>(bytes[0]) - 0x80U];
    if (code_point == 0) {
      out += base::kReplacementCharacter;
    } else {
      base::append_utf8(out, code_point);
    }
    bytes.remove_prefix(1);
  }
}

using Decode = std::string (*)(std::string_view);

constexpr struct {
  std::string_view encoding;
  Decode decode;
} kMultiByte[] = {{"gbk", decode_gb18030},
                  {"gb18030", decode_gb18030},
                  {"big5", decode_big5},
                  {"euc-jp", decode_euc_jp},
                  {"iso-2022-jp", decode_iso_2022_jp},
                  {"shift_jis", decode_shift_jis},
                  {"euc-kr", decode_euc_kr},
                  {"x-user-defined", decode_user_defined}};

}  // namespace

std::string to_utf8(std::string_view bytes, std::string_view encoding) {
  if (encoding == "utf-8") return base::repaired_utf8(bytes);
  if (encoding == "utf-16le") return decode_utf16(bytes, ByteOrder::little);
  if (encoding == "utf-16be") return decode_utf16(bytes, ByteOrder::big);
  // Section 14.1: encodings that could smuggle markup are not decoded at all.
  if (encoding == "replacement")
    return std::string(bytes.empty() ? "" : base::kReplacementCharacter);
  for (const auto& known : kMultiByte) {
    if (known.encoding == encoding) return known.decode(bytes);
  }
  if (const model::SingleByteIndex* index = model::single_byte_index(encoding)) {
    return decode_single_byte(bytes, *index);
  }
  return base::repaired_utf8(bytes);
}

}  // namespace crawld::parsers
