// Text as Markdown that reads as the same text: backslashes before what would be markup, and
// nowhere else, for those who read the source (CommonMark 0.30, with tables of GFM).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace crawld::parsers {

// `text` with what Markdown would read as inline markup escaped.
void append_escaped(std::string_view text, std::string& out);

// A URL as the destination of a link or an image.
std::string escaped_destination(std::string_view url);

// How many backticks stand in a row at most: what fences code is longer.
std::size_t longest_backticks(std::string_view text);

// "#" at the end of a heading would be taken for marks that close it (section 4.2).
void escape_closing_hashes(std::string& heading);

// A paragraph of lines, none of which begins a heading, list, quote, table or rule.
std::string protect_lines(std::string_view text);

}  // namespace crawld::parsers
