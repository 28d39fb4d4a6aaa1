// OpenGraph, Twitter cards and Dublin Core: what meta elements say in prefixed names.
#pragma once

#include <string>

#include "parsers/html/html_tree.h"

namespace crawld::parsers {

// {"og:title": "...", "og:image": ["...", "..."]}: every <meta property> whose prefix is
// one of OpenGraph's (https://ogp.me) or declared in the prefix attribute of the html or
// head element. <meta name="og:..."> counts where there is no property of that name.
std::string extract_opengraph(const HtmlTree& tree);

// {"twitter:card": "..."}.
std::string extract_twitter(const HtmlTree& tree);

// {"namespaces":{prefix: IRI},"elements":[{"name","content" or "href","URI",...}],"terms":[...]}
// (DCMI: Expressing Dublin Core in HTML).
std::string extract_dublin_core(const HtmlTree& tree);

}  // namespace crawld::parsers
