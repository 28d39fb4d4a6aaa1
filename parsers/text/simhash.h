// A 64-bit fingerprint of a text: near texts have near fingerprints.
//
// Charikar's simhash over shingles of three words. Words are runs of letters and digits,
// ASCII case folded; a character of a script that does without spaces (from U+2E80 on) is a
// word of its own. Texts that differ in a few words differ in a few of the 64 bits.
#pragma once

#include <cstdint>
#include <string_view>

namespace crawld::parsers {

// 0 for a text without words. Linear; about 1 ns a byte.
std::uint64_t simhash(std::string_view text);

}  // namespace crawld::parsers
