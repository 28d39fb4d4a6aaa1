// What html_skeleton writes in place of texts, and html_skeleton_restore reads.
#pragma once

#include <cstddef>
#include <string_view>

namespace crawld::parsers {

// Marks are U+F0000 to U+FFFFD and U+100000 to U+10FFFD, four bytes each.
inline constexpr std::size_t kPlane = 0xFFFE;
inline constexpr std::size_t kMostMarks = 2 * kPlane;
inline constexpr std::size_t kMarkBytes = 4;
inline constexpr unsigned char kFirstMarkByte = 0xF3;

inline bool starts_mark(char c) { return static_cast<unsigned char>(c) >= kFirstMarkByte; }

// Digits of base 3, as many for a code as for all smaller codes and one more at times: 3 codes
// of one digit, 9 of two.
inline constexpr char kDigits[] = {' ', '\t', '\n'};
inline constexpr std::size_t kMostSpaces = 3 + 9 + 27 + 81 + 243;

}  // namespace crawld::parsers
