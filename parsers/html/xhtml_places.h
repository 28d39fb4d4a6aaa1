// Where XHTML or SVG holds URLs, by the file as it stands: without the tree construction of HTML.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "parsers/html/url_place_finder.h"

namespace crawld::parsers {

// Rising, by offsets of `utf8`. `within` as of UrlPlaceFinder::take(). Linear. Threads: any.
std::vector<model::UrlPlace> xhtml_places(std::string_view utf8, const std::string& url,
                                          const UrlPlaceFinder::PlacesWithin& within);

}  // namespace crawld::parsers
