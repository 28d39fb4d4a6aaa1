// Character references: "&amp;", "&#x41;" (HTML 13.2.5.72 to 13.2.5.80).
//
// Pure functions over UTF-8. Linear in the input, no allocation but the output's.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace crawld::parsers {

enum class ReferenceIn : unsigned char { text, attribute };

// Reads the reference at the start of `input` (which begins with "&") and appends what
// it stands for to `out`. Gives the bytes read; 0 when it is no reference, and then
// nothing was appended.
std::size_t append_reference(std::string_view input, ReferenceIn where, std::string& out);

}  // namespace crawld::parsers
