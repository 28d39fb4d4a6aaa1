// `crawld inspect links`: what a page links to.
#pragma once

#include <string>
#include <string_view>

namespace crawld::cli {

// {"id", "html" | "html_base64", "url", "content_type"?, "encoding"?, "headers"?} ->
// {"id", "links": [{"url", "text", "tag", "rel", "nofollow"}], "base", "title", "lang",
// "refresh", "canonical", "error"}, one line without its end. Every kind of link is
// listed, forms and url() of CSS as well. A page whose meta robots says nofollow has
// that in the rel of its links. "html" is text already; "html_base64" goes through
// charset detection unless "encoding" names one. "headers" may hold Link, Refresh,
// Location and Content-Location. What cannot be answered has no links and "error" a text.
// Never throws.
std::string inspect_links(std::string_view json_line);

}  // namespace crawld::cli
