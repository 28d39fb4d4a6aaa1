// The numbers of ZIP files that reader and writer share (APPNOTE.TXT 6.3.10).
#pragma once

#include <cstdint>

namespace crawld::storage::zip {

// Signatures, little-endian like all numbers (4.4.1.1).
inline constexpr std::uint32_t kLocalHeader = 0x04034b50;     // 4.3.7
inline constexpr std::uint32_t kDirectoryEntry = 0x02014b50;  // 4.3.12
inline constexpr std::uint32_t kZip64End = 0x06064b50;        // 4.3.14
inline constexpr std::uint32_t kZip64Locator = 0x07064b50;    // 4.3.15
inline constexpr std::uint32_t kEnd = 0x06054b50;             // 4.3.16

inline constexpr std::uint16_t kZip64Field = 1;  // 4.5.3
// What does not fit stands in that field, and this in its place.
inline constexpr std::uint32_t kLarge = 0xFFFFFFFF;
inline constexpr std::uint16_t kMany = 0xFFFF;

}  // namespace crawld::storage::zip
