// The titles of feeds as plain text.
#pragma once

#include <string>
#include <string_view>

namespace crawld::parsers {

// What a fragment of HTML says: tags, comments, scripts and styles left out,
// references replaced, white space folded.
std::string html_fragment_text(std::string_view html);

// White space folded, and at most 1 KiB, cut before a character that would not fit.
std::string title_text(std::string_view text);

}  // namespace crawld::parsers
