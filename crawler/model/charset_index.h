// The indexes of the legacy encodings: which code point stands for which pointer.
//
// https://encoding.spec.whatwg.org/#indexes
// Built of ICU's converters when first asked for (under 2 ms for the largest) and
// corrected where the standard differs. They live as long as the program.
// Threads: any.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace crawld::model {

// Code point for a pointer; 0: none.
class CharsetIndex {
 public:
  explicit CharsetIndex(std::vector<char32_t> code_points) : code_points_(std::move(code_points)) {}
  char32_t at(std::size_t pointer) const {
    return pointer < code_points_.size() ? code_points_[pointer] : 0;
  }
  std::size_t size() const { return code_points_.size(); }

 private:
  std::vector<char32_t> code_points_;
};

const CharsetIndex& big5_index();
const CharsetIndex& euc_kr_index();
const CharsetIndex& gb18030_index();
const CharsetIndex& jis0208_index();
const CharsetIndex& jis0212_index();

// "index gb18030 ranges code point": what four bytes stand for; 0: nothing.
char32_t gb18030_ranges_code_point(std::uint32_t pointer);
// "index gb18030 ranges pointer": the way back, for code points that index gb18030 lacks.
std::uint32_t gb18030_ranges_pointer(char32_t code_point);

// The code points of the bytes 0x80 to 0xFF; 0: none.
using SingleByteIndex = std::array<char16_t, 128>;

// Nothing (nullptr) when `encoding` is not one of the single-byte encodings.
const SingleByteIndex* single_byte_index(std::string_view encoding);

}  // namespace crawld::model
