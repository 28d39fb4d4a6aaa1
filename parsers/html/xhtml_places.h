// Where XHTML or SVG holds URLs, by the file as it stands: without the tree construction of HTML.
//
// Names with prefixes are read as what their prefixes are declared to be (Namespaces in XML 1.0):
// HTML, SVG or XLink. A declaration holds from where it stands to the end, as nobody gives one
// prefix two meanings. The sheet that an xml-stylesheet names is a place too.
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
