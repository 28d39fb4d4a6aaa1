// `crawld inspect url`: one JSON object in, one JSON object out.
#pragma once

#include <string>
#include <string_view>

namespace crawld::cli {

// {"id", "url", "base"?, "encoding"?} -> {"id", "href", "origin", "error"}: the WHATWG
// parser and nothing else; "href" is null where the URL is refused. With
// "canonical": true -> {"id", "href", "error"} after the crawler's own rules.
// A line that is no such object gives {"id": null, "error": ...}. Never throws.
std::string inspect_url(std::string_view json_line);

}  // namespace crawld::cli
