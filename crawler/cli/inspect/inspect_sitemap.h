// `crawld inspect sitemap`: what a sitemap or feed lists.
#pragma once

#include <string>
#include <string_view>

namespace crawld::cli {

// {"id","body"|"body_base64","url","content_type"?} ->
// {"id","type","urls":[{"loc","lastmod","lastmod_text"}],"sitemaps":[...],"error"}, one
// line without its end. Dates are ISO 8601 in UTC, or null. The entries of feeds also
// have "title", "published" and "updated", and all are listed: "loc" is null where
// there is no page; the feed's own "title" and "link" stand beside "type".
std::string inspect_sitemap(std::string_view json_line);

}  // namespace crawld::cli
