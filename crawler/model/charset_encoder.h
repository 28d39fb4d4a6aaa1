// The encoders of the web's legacy encodings, for queries of pages that are not UTF-8.
//
// https://encoding.spec.whatwg.org/ sections 9 to 14. The way back through the indexes
// of charset_index.h, by the standard's rules on which of several places counts.
// Threads: any.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "crawler/model/charset_index.h"

namespace crawld::model {

// The octets of one code point in an encoding; empty: it has none there.
struct Octets {
  std::array<char, 4> data{};
  std::size_t size = 0;
  std::string_view view() const { return {data.data(), size}; }
};

class CharsetEncoder {
 public:
  // `encoding`: a WHATWG name in lower case. Nothing for UTF-8, UTF-16, "replacement",
  // names that are none, and ISO-2022-JP, which has a state.
  static std::optional<CharsetEncoder> find(std::string_view encoding);

  Octets encode(char32_t c) const {
    return c < 0x80 ? Octets{{static_cast<char>(c)}, 1} : (*encode_)(c, single_);
  }

 private:
  using Encode = Octets (*)(char32_t c, const SingleByteIndex* single);
  CharsetEncoder(Encode encode, const SingleByteIndex* single) : encode_(encode), single_(single) {}

  Encode encode_;
  const SingleByteIndex* single_;  // of the single-byte encodings
};

// The first place of a code point in index jis0208; nothing: it has none.
std::optional<std::uint32_t> jis0208_pointer(char32_t c);

}  // namespace crawld::model
