// A gzip body undone in one go, where that can be told beforehand: most bodies of the web.
//
// What is unusual (several members, bytes behind the end, a size that is not told or not true, a
// cap that is too small, anything broken) is left to parsers/bytes/content_coding.h, which reads it
// piece by piece and says what is wrong with it. The one thing that passes here and not there are
// the length symbols 286 and 287, which RFC 1951 section 3.2.6 says never occur: they are read as
// 258, and the checksum tells whether that was meant. Threads: a pure function.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crawld::base {

// The text of `body` where it is one whole member (RFC 1952 section 2.2), checksum and size
// right, of at most `max_size` bytes. Nothing: read it the long way.
std::optional<std::string> gunzip_whole(std::string_view body, std::uint64_t max_size);

}  // namespace crawld::base
