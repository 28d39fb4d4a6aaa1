// JSON of foreign text, as it may be shown on a terminal and split into lines.
#pragma once

#include <string>
#include <string_view>

namespace crawld::cli {

// `json` with DEL, the C1 controls (U+009B starts a terminal's commands, as ESC does), the
// separators U+2028 and U+2029 and what turns the direction of the line round it (U+202A to
// U+202E, U+2066 to U+2069) as \u escapes, which RFC 8259 leaves to the writer: U+0085 and the
// separators end a line for Python's splitlines() and its like. They stand in strings only, so the
// value is the same. Controls below U+0020 are escaped by every writer.
std::string without_raw_controls(std::string_view json);

// Text in lines: controls other than line ends and tabs as \xNN.
std::string printable_lines(std::string_view text);

}  // namespace crawld::cli
