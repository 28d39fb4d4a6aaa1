// Text from the web, made safe to show.
#pragma once

#include <string>
#include <string_view>

namespace crawld::base {

// `text` with C0, DEL and C1 controls as \xNN and broken UTF-8 as U+FFFD, so
// nothing a page says can move a terminal's cursor or forge a log line.
std::string printable(std::string_view text);

// As printable(), for the text and the quoted attributes of an HTML page: "&lt;" and its like.
std::string html_text(std::string_view text);

// A JSON string literal with its quotes (RFC 8259 section 7). Broken UTF-8
// becomes U+FFFD; controls are escaped, C1 included.
std::string json_string(std::string_view text);
// The same without the quotes, appended.
void append_json_text(std::string& out, std::string_view text);

}  // namespace crawld::base
