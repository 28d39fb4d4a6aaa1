// A robots.txt that an editor saved as UTF-16.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace crawld::robots {

// `text` in UTF-8 if it begins with the byte order mark of UTF-16; else nothing. RFC 9309
// section 2.3 wants UTF-8, but what such a site forbids is plain to see. Linear.
std::optional<std::string> from_utf16(std::string_view text);

}  // namespace crawld::robots
