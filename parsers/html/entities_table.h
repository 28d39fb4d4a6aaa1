// The table behind entities.h: names without "&", sorted by byte, and what they stand for.
#pragma once

#include <cstdint>

namespace crawld::parsers {

extern const std::uint16_t kEntityCount;
// Name i is the bytes [kEntityNameAt[i], kEntityNameAt[i + 1]) of kEntityNames; values likewise.
extern const char kEntityNames[];
extern const std::uint16_t kEntityNameAt[];
extern const char kEntityValues[];
extern const std::uint16_t kEntityValueAt[];

}  // namespace crawld::parsers
