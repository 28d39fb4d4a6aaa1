// JSON of foreign text, as it may be shown on a terminal.
#pragma once

#include <string>
#include <string_view>

namespace crawld::cli {

// `json` with DEL and the C1 controls (U+009B starts a terminal's commands, as ESC does)
// as \u escapes, which RFC 8259 leaves to the writer. They stand in strings only, so the
// value is the same. Controls below U+0020 are escaped by every writer.
std::string without_raw_controls(std::string_view json);

// Text in lines: controls other than line ends and tabs as \xNN.
std::string printable_lines(std::string_view text);

}  // namespace crawld::cli
