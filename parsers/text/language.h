// The language of a text, by cld2.
#pragma once

#include <string>
#include <string_view>

namespace crawld::parsers {

// ISO 639 code ("en", "pt", "zh-Hant"), or empty where the text is too short or too
// mixed to tell. Looks at the first 4 KiB. Threads: any.
std::string detect_language(std::string_view utf8);

}  // namespace crawld::parsers
