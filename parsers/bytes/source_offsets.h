// Offsets in a decoded text as offsets in the bytes that it was decoded from.
//
// In the encodings of the web that are ASCII's heirs (all but UTF-16, ISO-2022-JP and
// "replacement") no byte below 0x30, and none from 0x3A to 0x3F, is ever a part of a longer
// character: these bytes come out as themselves, each once, in order (Encoding 9 to 14). They are
// counted on both sides. What URLs stand between in HTML and CSS (quotes, "=", ">", parentheses,
// spaces) is among them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace crawld::parsers {

// Replaces each of `offsets`, which rise, from `decoded` by its place in `source`. Each must be an
// end of the text or touch one of those bytes. False where the two do not match or an offset has
// no such place; `offsets` is then worthless.
bool to_source_offsets(std::string_view decoded, std::string_view source,
                       std::vector<std::uint64_t>& offsets);

}  // namespace crawld::parsers
